import type { VirtualMachine } from '@azure/arm-compute';
import type { NetworkInterface, PublicIPAddress } from '@azure/arm-network';
import { type AskOne, gather } from '../../gather.ts';
import type { Clients } from './client.ts';
import { lookUp } from './failures.ts';
import { type Resource, theResource } from './ids.ts';
import { all } from './pages.ts';

/** What is asked again and again until it is so, by the ids of resources, of all machines of a process at once. */
export interface Polls {
  /** With its state. */
  readonly machine: AskOne<VirtualMachine>;
  readonly address: AskOne<PublicIPAddress>;
  readonly interface: AskOne<NetworkInterface>;
}

const known = new WeakMap<Clients, Polls>();

export function pollsFor(clients: Clients): Polls {
  const polls = known.get(clients) ?? newPolls(clients);
  known.set(clients, polls);
  return polls;
}

function newPolls(clients: Clients): Polls {
  const machines = async () => (await clients.compute()).virtualMachines;
  const addresses = async () => (await clients.network()).publicIPAddresses;
  const interfaces = async () => (await clients.network()).networkInterfaces;
  return {
    machine: poll('virtual machine', {
      one: async ({ group, name }) => (await machines()).get(group, name, { expand: 'instanceView' }),
      inGroup: async (group) => all((await machines()).list(group, { expand: 'instanceView' })),
    }),
    address: poll('public address', {
      one: async ({ group, name }) => (await addresses()).get(group, name),
      inGroup: async (group) => all((await addresses()).list(group)),
    }),
    interface: poll('network interface', {
      one: async ({ group, name }) => (await interfaces()).get(group, name),
      inGroup: async (group) => all((await interfaces()).list(group)),
    }),
  };
}

/** A subscription may be asked ten times a second for long ("Throttling limits for Azure Resource Manager"). */
const EVERY = 500;

interface Asking<T> {
  readonly one: (resource: Resource) => Promise<T>;
  readonly inGroup: (group: string) => Promise<T[]>;
}

/** One is looked at, several are listed, group by group. */
function poll<T extends { id?: string }>(kind: string, { one, inGroup }: Asking<T>): AskOne<T> {
  const ask = async (ids: readonly string[]) => {
    const groups = Map.groupBy(ids.map(theResource), ({ group }) => group.toLowerCase());
    const found = await Promise.all(
      [...groups.values()].map(async ([first, ...others]) => {
        if (!first) return [];
        if (others.length > 0)
          return (await lookUp(`list what is in "${first.group}"`, () => inGroup(first.group))) ?? [];
        return (await lookUp(`look at the ${kind} "${first.name}"`, () => one(first))) ?? [];
      }),
    );
    return new Map(found.flat().map((each) => [(each.id ?? '').toLowerCase(), each as T]));
  };
  const gathered = gather(ask, { most: Number.MAX_SAFE_INTEGER, every: EVERY });
  return (id, signal) => gathered(id.toLowerCase(), signal);
}
