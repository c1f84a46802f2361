import type { FlagValues } from '../../flags.ts';
import { type AskOne, gather } from '../../gather.ts';
import { newRest, type Rest, type Service } from '../rest.ts';
import { scopeOf } from './access.ts';
import { failureOf, ifThere } from './failures.ts';
import { allPages } from './pages.ts';
import { type Alone, openSession, type ServiceType, type Session } from './session.ts';

/** The services of one OpenStack, for one machine. */
export interface OpenStack {
  readonly compute: Rest;
  readonly network: Rest;
  readonly image: Rest;
  /** Not every cloud has it. */
  readonly volume: Rest;
  readonly session: () => Promise<Session>;
  /** Of the compute service, that which we speak: 93 for 2.93. */
  readonly microversion: () => Promise<number>;
  /** By its id; those of the machines of a command are asked about together. */
  readonly server: AskOne<Server>;
  readonly signal: AbortSignal | undefined;
}

/** What of a server we look at. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly 'OS-EXT-STS:task_state'?: string | null;
  readonly 'OS-EXT-AZ:availability_zone'?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** By the names of networks. */
  readonly addresses: Readonly<Record<string, readonly Address[]>>;
  readonly fault?: { readonly code: number; readonly message: string };
}

export interface Address {
  readonly addr: string;
  readonly version: 4 | 6;
  readonly 'OS-EXT-IPS:type'?: 'fixed' | 'floating';
}

/** Logs in at the first question. */
export function newOpenStack(values: FlagValues, { memory, signal }: Alone): OpenStack {
  const known = newKnown();
  const recall = <T>(what: string, ask: () => Promise<T>) =>
    known(what, () => memory.recall(`openstack ${what} ${scopeOf(values)}`, ask));
  const session = () => recall('session', () => openSession(values, { memory }));
  const restOf = (type: ServiceType, headers: Service['headers'], ended = signal) =>
    newRest(serviceFor(type, session, scopeOf(values), headers), { memory, ...(ended ? { signal: ended } : {}) });
  const plain = async () => ({});
  // A connection of its own: that of the others waits for what this one is told.
  const unversioned = serviceFor('compute', session, `${scopeOf(values)} versions`, plain);
  const microversion = () =>
    recall('microversion', async () => microversionOf(newRest(unversioned, { memory }), await session()));
  const versioned = async () => {
    const version = `2.${await microversion()}`;
    return { 'openstack-api-version': `compute ${version}`, 'x-openstack-nova-api-version': version };
  };
  const servers = () => recall('servers', async () => newServers(restOf('compute', versioned, undefined)));
  return {
    compute: restOf('compute', versioned),
    network: restOf('network', plain),
    image: restOf('image', plain),
    volume: restOf('volume', plain),
    session,
    microversion,
    server: async (id) => (await servers())(id, signal),
    signal,
  };
}

/** Answers stay known for as long as the driver of the machine does; what failed is forgotten. */
function newKnown() {
  const answers = new Map<string, Promise<unknown>>();
  return <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    const answer = answers.get(what) ?? ask();
    answers.set(what, answer);
    answer.catch(() => answers.delete(what));
    return answer as Promise<T>;
  };
}

const NAMES: Readonly<Record<ServiceType, string>> = {
  compute: 'compute',
  network: 'network',
  image: 'image',
  volume: 'volume',
};

function serviceFor(
  type: ServiceType,
  session: () => Promise<Session>,
  scope: string,
  headers: Service['headers'],
): Service {
  return {
    name: `OpenStack's ${NAMES[type]} service`,
    scope,
    root: async () => (await session()).root(type),
    headers,
    send: async (url, init) => (await session()).send(url, init),
    failure: failureOf,
  };
}

/** The newest microversion whose answers this driver was written for: that of the release Zed. */
const NEWEST = 93;

interface Version {
  readonly version: { readonly version?: string };
}

/** docs.openstack.org/api-guide/compute/microversions.html: the newest that both sides know. */
async function microversionOf(rest: Rest, session: Session): Promise<number> {
  const path = session.root('compute').endsWith(`/${session.project}`) ? '/../' : '/';
  const { version } = await rest.ask<Version>('GET', path);
  const [, newest = '1'] = /^2\.(\d+)$/.exec(version.version ?? '') ?? [];
  return Math.min(Number(newest), NEWEST);
}

/** For how long what one machine was told holds for the others, in milliseconds. */
const EVERY = 1000;

function newServers(rest: Rest): AskOne<Server> {
  return gather((ids) => serversBy(rest, ids), { most: 10_000, every: EVERY / 2 });
}

/** Several cannot be asked for by their ids: then all of ours are listed, and those that docker-machine made one by one. */
export async function serversBy(rest: Rest, ids: readonly string[]): Promise<ReadonlyMap<string, Server>> {
  const listed = ids.length > 1 ? await allPages<Server>(rest, '/servers/detail', 'servers', OURS) : [];
  const others = ids.filter((id) => !listed.some((server) => server.id === id));
  const asked = others.map((id) => ifThere(rest.ask<{ server: Server }>('GET', `/servers/${id}`)));
  const found = (await Promise.all(asked)).flatMap((each) => each?.server ?? []);
  return new Map([...listed, ...found].map((server) => [server.id, server]));
}

/** The compute service takes a name as a regular expression. */
export const OURS = { name: '^slipway-' };
