import type { FaultyCloud } from '../cloud.ts';
import { guestsFor, type NewGuest } from '../guests.ts';
import { type Ask, openDesk, Refusal, type Reply } from '../rest.ts';
import { REGIONS } from './catalog.ts';
import { checker } from './definitions.ts';
import { dropletHandlers, forget, nextAddress } from './droplets.ts';
import { networking } from './networking.ts';
import { reading } from './reading.ts';
import { scopeFor } from './scopes.ts';
import { type Kind, newWorld, type Thing, type World } from './world.ts';

export interface Options {
  /** Droplets are real machines, emulated here; or what the function makes. */
  readonly guests?: boolean | NewGuest;
  readonly step?: number;
  readonly lag?: number;
}

/** DigitalOcean, as far as machines need it, on this computer. */
export interface DigitalOceanCloud extends FaultyCloud {
  readonly world: World;
  /** The scopes that were needed. */
  readonly needed: Set<string>;
  /** What the token may do; everything while undefined. */
  granted: ReadonlySet<string> | undefined;
  /** What somebody with the console does to a droplet: removes it at once. */
  vanish(id: string): Promise<void>;
  /** Gives a thing that was there already, and is not ours. */
  give(kind: Kind, thing: Thing): Thing;
  giveAddress(region: string): string;
}

const TOKEN = 'dop_v1_test';

export async function startCloud(options: Options = {}): Promise<DigitalOceanCloud> {
  const world = newWorld({ step: options.step ?? 20, lag: options.lag ?? 0 }, guestsFor(options.guests));
  const rights: Pick<DigitalOceanCloud, 'needed' | 'granted'> = { needed: new Set(), granted: undefined };
  const desk = await openDesk({
    checker: checker(),
    prefix: '',
    handlers: { ...reading(world), ...dropletHandlers(world), ...networking(world) },
    admit: (ask) => admit(cloud, ask),
    refuse,
    invalid: (faults) => new Refusal(422, 'unprocessable_entity', faults),
    unknown: new Refusal(404, 'not_found', 'The resource you were accessing could not be found.'),
  });
  const { close } = desk;
  const cloud: DigitalOceanCloud = Object.assign(desk, rights, {
    driver: 'digitalocean',
    env: { DIGITALOCEAN_API_URL: desk.url, DIGITALOCEAN_ACCESS_TOKEN: TOKEN },
    words: ['--digitalocean-size', 's-1vcpu-1gb', '--digitalocean-region', 'nyc3'],
    world,
    refusal,
    lag: async (ms: number) => {
      world.pace.lag = ms;
    },
    left: async () => leftIn(world),
    vanish: (id: string) => forget(world, world.get('droplets', id)),
    give: (kind: Kind, thing: Thing) => world.add(kind, thing, true),
    giveAddress: (region: string) => {
      const where = REGIONS.find(({ slug }) => slug === region);
      const ip = nextAddress();
      world.add('reserved_ips', { ip, region: where, droplet: null, locked: false }, true);
      return ip;
    },
    async close() {
      await Promise.all([...world.machines.values()].map((guest) => guest.remove()));
      await close();
    },
  });
  return cloud;
}

function leftIn(world: World): string[] {
  return world
    .made()
    .map(({ kind, thing }) => `${kind} ${thing.name ?? thing.ip}${thing.status ? ` (${thing.status})` : ''}`);
}

/** @throws Refusal for who may not ask this */
function admit(cloud: Pick<DigitalOceanCloud, 'needed' | 'granted'>, ask: Ask): void {
  if (ask.headers.authorization !== `Bearer ${TOKEN}`) {
    throw new Refusal(401, 'Unauthorized', 'Unable to authenticate you');
  }
  const scope = scopeFor(ask.operation.name);
  cloud.needed.add(scope);
  if (cloud.granted?.has(scope) === false) {
    throw new Refusal(403, 'Forbidden', 'You are missing the required permission');
  }
}

function refuse({ status, code, message }: Refusal): Reply {
  return { status, body: { id: code, message } };
}

const TROUBLES = { 403: 'Forbidden', 429: 'too_many_requests', 500: 'server_error', 503: 'service_unavailable' };

function refusal(trouble: keyof typeof TROUBLES) {
  const { status, body } = refuse(new Refusal(trouble, TROUBLES[trouble], 'Refused for a test'));
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: JSON.stringify(body) };
}
