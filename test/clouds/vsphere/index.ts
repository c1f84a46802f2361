import type { Answer, FaultyCloud, Trouble } from '../cloud.ts';
import { guestsFor, type NewGuest } from '../guests.ts';
import { certificate } from './certificate.ts';
import { type Console, newConsole } from './console.ts';
import { type Asked, openDesk } from './desk.ts';
import { faultAnswer } from './faults.ts';
import { newGuests } from './guests.ts';
import { startSimulator, type Thing } from './simulator.ts';

export interface Options {
  /** Machines are real ones, emulated here, or made by this. */
  readonly guests?: boolean | NewGuest;
  /** An ESXi in place of a vCenter. */
  readonly esx?: boolean;
}

/** A vCenter with what one has: a datacenter, a cluster and a host alone, machines, networks. */
export interface VsphereCloud extends FaultyCloud {
  readonly port: number;
  /** What somebody does in the vSphere client. */
  readonly console: Console;
  /** What there is now. */
  there(): Promise<Thing[]>;
  /** The requests that came, as they were. */
  readonly asked: readonly Asked[];
  /** What was sent to a host: SHA-256 of each file. */
  readonly uploads: readonly string[];
  /** Another id for the vCenter than its own. */
  instance: string | undefined;
}

const USER = 'slipway@vsphere.local';
export const PASSWORD = 'a "password" <with> & such';

/** The machine of the simulator's inventory that tests clone. */
export const TEMPLATE = 'DC0_C0_RP0_VM0';

export async function startCloud({ guests, esx = false }: Options = {}): Promise<VsphereCloud> {
  started += 1;
  const words = [...(esx ? ['-esx'] : []), '-network', `127.${NET}.${started}`];
  const simulator = await startSimulator(USER, PASSWORD, words);
  const newGuest = guestsFor(guests);
  const real = newGuest && newGuests(simulator, newGuest);
  const before = await simulator.there();
  const births = newBirths(before);
  const asked: Asked[] = [];
  const { older } = await certificate();
  const desk = await openDesk(simulator.address, async (question, forward) => {
    asked.push(question);
    const answer = await (real?.around(question.method, question.on, forward) ?? forward());
    if (question.method === 'CloneVM_Task') births.see(await simulator.there());
    if (question.method === 'RetrieveServiceContent') return withInstance(answer, cloud.instance);
    if (question.body.includes('<type>HttpNfcLease')) return esx ? answer : atItsHost(answer, cloud.port, older);
    return question.body.includes('<type>ContainerView</type>') ? births.hideIn(answer) : answer;
  });
  const { close } = desk;
  const cloud: VsphereCloud = Object.assign(desk, {
    driver: 'vsphere',
    unguarded: true as const,
    env: { VSPHERE_USERNAME: USER, VSPHERE_PASSWORD: PASSWORD },
    words: [
      ...['--vsphere-vcenter', '127.0.0.1', '--vsphere-vcenter-port', String(desk.port)],
      ...['--vsphere-thumbprint', (await certificate()).thumbprint],
      ...['--vsphere-template', TEMPLATE, '--vsphere-cluster', 'DC0_C0'],
    ],
    asked,
    instance: undefined as string | undefined,
    console: newConsole(desk.port, simulator.address),
    there: simulator.there,
    refusal,
    lag: async (ms: number) => births.lag(ms),
    left: async () => leftOf(before, await simulator.there()).filter((each) => !each.includes(' contentlib-')), // a library's own
    async close() {
      await real?.remove();
      await close();
      await simulator.close();
    },
  });
  return cloud;
}

const NET = 64 + (process.pid % 128);
let started = 0;

/** What was not there before, and what was and is not as it was. */
function leftOf(before: readonly Thing[], now: readonly Thing[]): string[] {
  const known = new Map(before.map(({ What, Digest }) => [What, Digest]));
  const changed = now.filter(({ What, Digest }) => known.get(What) !== Digest);
  const lost = before.filter(({ What }) => !now.some((each) => each.What === What));
  return [
    ...changed.map(({ What, State }) => (State === '' ? What : `${What} (${State})`)),
    ...lost.map(({ What }) => `lost: ${What}`),
  ];
}

/** A vCenter lets files be sent to the host, by another name and with a certificate of its own; an ESXi says "*". */
function atItsHost(answer: Answer, port: number, thumbprint: string): Answer {
  const body = answer.body
    .replaceAll('https://*/', `https://localhost:${port}/`)
    .replaceAll('<sslThumbprint></sslThumbprint>', `<sslThumbprint>${thumbprint}</sslThumbprint>`);
  return { ...answer, body };
}

function withInstance(answer: Answer, instance: string | undefined): Answer {
  if (instance === undefined) return answer;
  const id = `<instanceUuid>${instance}</instanceUuid>`;
  return { ...answer, body: answer.body.replace(/<instanceUuid>[^<]*<\/instanceUuid>/, id) };
}

/** Lets lists lag: a vCenter shows a clone once its task has begun, which may have to wait. */
function newBirths(before: readonly Thing[]) {
  const born = new Map(before.map(({ Id }) => [Id, Number.NEGATIVE_INFINITY]));
  let late = 0;
  return {
    lag(ms: number) {
      late = ms;
    },
    see(things: readonly Thing[]) {
      for (const { Id } of things) if (!born.has(Id)) born.set(Id, performance.now());
    },
    hideIn(answer: Answer): Answer {
      const body = answer.body.replace(/<objects><obj type="VirtualMachine">([^<]*)<.*?<\/objects>/gs, (object, id) =>
        performance.now() - (born.get(id) ?? 0) < late ? '' : object,
      );
      return { ...answer, body };
    },
  };
}

/** What a vCenter, or what is before it, says. */
function refusal(trouble: Trouble): Answer {
  if (trouble === 403)
    return faultAnswer('NoPermission', '<privilegeId>VirtualMachine.Provisioning.Clone</privilegeId>');
  if (trouble === 500) return faultAnswer('SystemError', '<reason>Refused for a test</reason>');
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  return { status: trouble, headers, body: 'Refused for a test' };
}
