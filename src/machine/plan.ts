import { driverOf } from './driving.ts';
import { type CreateRequest, checkChoices, checkRequest, draft } from './request.ts';
import type { Work } from './work.ts';

/** What `create` would do. */
export interface CreatePlan {
  readonly name: string;
  readonly driver: string;
  /** What would be made, in this order; empty for a host that is there already. */
  readonly parts: readonly { readonly kind: string; readonly what: string }[];
  /** Who could reach what; empty where the machine has no firewall of its own. */
  readonly ports: readonly { readonly port: string; readonly from: readonly string[] }[];
  /** What it costs, where the place can be asked. */
  readonly price?: string;
  /** How many more choices would be tried if this one cannot be had. */
  readonly otherChoices: number;
}

/** Does all the checks of `create`, and makes nothing. */
export async function plan(work: Work, request: CreateRequest): Promise<CreatePlan> {
  checkRequest(request);
  const machine = await draft(work, request);
  const birth = await checkChoices(work, machine, request);
  const driver = await driverOf(work, machine, birth?.bootstrap);
  const { parts, price } = (await driver.plan?.()) ?? { parts: driver.parts.map(({ kind }) => ({ kind, what: '' })) };
  return {
    name: machine.name,
    driver: machine.driver,
    parts,
    ports: portsOf(machine),
    ...(price === undefined ? {} : { price }),
    otherChoices: machine.untried?.length ?? 0,
  };
}

function portsOf({ ingress, sshAlias }: Awaited<ReturnType<typeof draft>>): CreatePlan['ports'] {
  if (!ingress) return [];
  const own = sshAlias === undefined ? ['SSH', 'engine'] : ['SSH'];
  return [
    ...own.map((port) => ({ port, from: ingress.from })),
    ...ingress.open.map(({ port, protocol }) => ({ port: `${port}/${protocol}`, from: ['everybody'] })),
  ];
}
