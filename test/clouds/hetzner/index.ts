import type { FaultyCloud } from '../cloud.ts';
import { guestsFor, type NewGuest } from '../guests.ts';
import { type Ask, type Desk, openDesk, Refusal, type Reply } from '../rest.ts';
import { checker } from './definitions.ts';
import { networking } from './networking.ts';
import { reading } from './reading.ts';
import { primaryIp, refresh, serverHandlers, vanish } from './servers.ts';
import { type Kind, newWorld, type Pace, type Thing, type World } from './world.ts';

export interface Options {
  /** Servers are real machines, emulated here; or what the function makes. */
  readonly guests?: boolean | NewGuest;
  readonly step?: number;
  readonly lag?: number;
}

/** Hetzner Cloud, as far as machines need it, on this computer. */
export interface HetznerCloud extends FaultyCloud {
  readonly url: string;
  readonly world: World;
  /** A token for another project, in which there is nothing. */
  readonly elsewhere: string;
  /** A token of this project that may only read. */
  readonly reader: string;
  /** What somebody with the console does to a server: removes it at once. */
  vanish(id: string): Promise<void>;
  /** Gives a thing that was there already, and is not ours. */
  give(kind: Kind, fields: object): Thing;
  /** The same for a primary address. */
  givePrimary(name: string, type: 'ipv4' | 'ipv6', location: string): Thing;
}

const TOKENS = { mine: 'token-that-may-write', elsewhere: 'token-of-another-project', reader: 'token-that-may-read' };

export async function startCloud(options: Options = {}): Promise<HetznerCloud> {
  const pace: Pace = { step: options.step ?? 20, lag: options.lag ?? 0 };
  const world = newWorld(pace, guestsFor(options.guests));
  const another = newWorld(pace);
  const worldOf = (ask: Ask) => (tokenOf(ask) === TOKENS.elsewhere ? another : world);
  const desk: Desk = await openDesk({
    checker: checker(),
    prefix: '/v1',
    handlers: { ...reading(worldOf, refresh), ...serverHandlers(worldOf), ...networking(worldOf) },
    admit,
    refuse,
    invalid: (faults) => new Refusal(422, 'invalid_input', faults),
    unknown: new Refusal(404, 'not_found', 'Not Found'),
  });
  const { close } = desk;
  return Object.assign(desk, {
    driver: 'hetzner',
    env: { HCLOUD_ENDPOINT: desk.url, HCLOUD_TOKEN: TOKENS.mine },
    words: ['--hetzner-server-type', 'cx23', '--hetzner-server-location', 'fsn1'],
    world,
    elsewhere: TOKENS.elsewhere,
    reader: TOKENS.reader,
    refusal,
    lag: async (ms: number) => {
      world.pace.lag = ms;
    },
    left: async () => [...leftIn(world), ...leftIn(another)],
    vanish: (id: string) => vanish(world, world.get('servers', id)),
    give: (kind: Kind, fields: object) => world.add(kind, fields, true),
    givePrimary: (name: string, type: 'ipv4' | 'ipv6', location: string) =>
      world.add('primary_ips', { ...primaryIp(name, type, location, false), name }, true),
    async close() {
      await Promise.all([...world.machines.values()].map((guest) => guest.remove()));
      await close();
    },
  });
}

function leftIn(world: World): string[] {
  return world.made().map(({ kind, thing }) => `${kind} ${thing.name}${thing.status ? ` (${thing.status})` : ''}`);
}

function tokenOf({ headers }: Ask): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/** @throws Refusal for who may not ask this */
function admit(ask: Ask): void {
  const token = tokenOf(ask);
  if (!Object.values(TOKENS).includes(token ?? '')) throw new Refusal(401, 'unauthorized', 'unable to authenticate');
  const writes = !ask.operation.name.startsWith('GET ');
  if (token === TOKENS.reader && writes) throw new Refusal(403, 'token_readonly', 'token is only valid for reading');
}

function refuse({ status, code, message }: Refusal): Reply {
  return { status, body: { error: { code, message, details: null } } };
}

const TROUBLES = { 403: 'forbidden', 429: 'rate_limit_exceeded', 500: 'server_error', 503: 'server_error' };

function refusal(trouble: keyof typeof TROUBLES) {
  const { status, body } = refuse(new Refusal(trouble, TROUBLES[trouble], 'Refused for a test'));
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: JSON.stringify(body) };
}
