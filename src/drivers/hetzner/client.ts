import { type AskOne, gather } from '../../gather.ts';
import type { Site } from '../driver.ts';
import { newRest, type Rest, rootFrom } from '../rest.ts';
import { failureOf, ifThere } from './failures.ts';
import { allPages, SELECTOR } from './pages.ts';
import { contextInUse, tokenFor } from './token.ts';

/** Hetzner's API, for one machine. */
export interface Hetzner extends Rest {
  /** By its id; those of the machines of a command are asked about together. */
  readonly action: AskOne<Action>;
  /** The same, for servers of ours. */
  readonly server: AskOne<Server>;
}

/** Work that goes on after it was asked for. */
export interface Action {
  readonly id: number;
  readonly status: 'running' | 'success' | 'error';
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What of a server we look at. */
export interface Server {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly public_net: {
    readonly ipv4: { readonly ip: string } | null;
    /** With a network: "2001:db8:1::/64". */
    readonly ipv6: { readonly ip: string } | null;
  };
  readonly private_net: readonly { readonly ip: string }[];
}

type Alone = Pick<Site, 'memory' | 'signal'>;

/** Looks for the token at the first question. */
export function newHetzner(context: string | undefined, { memory, signal }: Alone): Hetzner {
  const service = serviceFor(context);
  const polls = () =>
    memory.recall(`hetzner polls ${service.scope}`, async () => newPolls(newRest(service, { memory })));
  return {
    ...newRest(service, { memory, ...(signal ? { signal } : {}) }),
    action: async (id) => (await polls()).action(id, signal),
    server: async (id) => (await polls()).server(id, signal),
  };
}

function serviceFor(context: string | undefined) {
  return {
    name: 'Hetzner Cloud',
    scope: contextInUse(context) ?? '',
    root: () => rootFrom('HCLOUD_ENDPOINT', 'https://api.hetzner.cloud/v1'),
    headers: async () => ({ authorization: `Bearer ${tokenFor(context)}` }),
    failure: failureOf,
  };
}

/** A project has 3600 requests an hour; docs.hetzner.cloud, "Rate Limiting". */
const EVERY = 1000;

function newPolls(rest: Rest): Pick<Hetzner, 'action' | 'server'> {
  return {
    action: gather(
      async (id) => {
        const { actions } = await rest.ask<{ actions: Action[] }>('GET', '/actions', { query: { id } });
        return new Map(actions.map((action) => [String(action.id), action]));
      },
      { most: 50, every: EVERY / 2 },
    ),
    server: gather((ids) => serversBy(rest, ids), { most: 10_000, every: EVERY / 2 }),
  };
}

/** Several cannot be asked for by their ids: then a list of all of ours is a page for fifty of them. */
async function serversBy(rest: Rest, ids: readonly string[]): Promise<ReadonlyMap<string, Server>> {
  const [id] = ids;
  const servers =
    ids.length === 1 && id !== undefined
      ? await ifThere(rest.ask<{ server: Server }>('GET', `/servers/${id}`)).then((found) => found?.server ?? [])
      : await allPages<Server>(rest, 'servers', SELECTOR);
  return new Map([servers].flat().map((server) => [String(server.id), server]));
}
