import type { FaultyCloud } from '../cloud.ts';
import { type Ask, openDesk, Refusal, type Reply } from '../rest.ts';
import { accountHandlers } from './account.ts';
import { checker } from './definitions.ts';
import { forget, guestHandlers } from './guests.ts';
import { permissionsFor } from './permissions.ts';
import { type Kind, newWorld, type Thing, type World } from './world.ts';

export interface Options {
  /** Virtual servers are real machines, emulated here. */
  readonly guests?: boolean;
  readonly step?: number;
  readonly lag?: number;
}

/** SoftLayer, as far as machines need it, on this computer. */
export interface SoftLayerCloud extends FaultyCloud {
  readonly world: World;
  /** The permissions that were needed. */
  readonly needed: Set<string>;
  /** What the user may do; everything while undefined. */
  granted: ReadonlySet<string> | undefined;
  /** What somebody with the console does to a virtual server: removes it at once. */
  vanish(id: string): Promise<void>;
  /** Gives a thing that was there already, and is not ours. */
  give(kind: Kind, thing: Thing): Thing;
}

const USER = 'me';
const KEY = 'softlayer-test-key';

export async function startCloud(options: Options = {}): Promise<SoftLayerCloud> {
  const world = newWorld({ step: options.step ?? 20, lag: options.lag ?? 0 }, options.guests ?? false);
  const rights: Pick<SoftLayerCloud, 'needed' | 'granted'> = { needed: new Set(), granted: undefined };
  const desk = await openDesk({
    checker: checker(),
    prefix: '',
    handlers: { ...accountHandlers(world), ...guestHandlers(world) },
    admit: (ask) => admit(cloud, ask),
    reads: (operation) => /^GET .*\/get\w+$/.test(operation),
    refuse,
    invalid: (faults) => new Refusal(500, 'SoftLayer_Exception_InvalidValue', faults),
    unknown: new Refusal(404, 'SoftLayer_Exception', 'Function is not a valid method for this service'),
  });
  const { close } = desk;
  const cloud: SoftLayerCloud = Object.assign(desk, rights, {
    driver: 'softlayer',
    env: { SOFTLAYER_API_ENDPOINT: desk.url, SOFTLAYER_USER: USER, SOFTLAYER_API_KEY: KEY },
    words: ['--softlayer-domain', 'example.com', '--softlayer-region', 'dal13'],
    world,
    refusal,
    lag: async (ms: number) => {
      world.pace.lag = ms;
    },
    left: async () => leftIn(world),
    vanish: (id: string) => forget(world, world.get('virtualGuests', id)),
    give: (kind: Kind, thing: Thing) => world.add(kind, thing, true),
    async close() {
      await Promise.all([...world.machines.values()].map((guest) => guest.remove()));
      await close();
    },
  });
  return cloud;
}

function leftIn(world: World): string[] {
  return world.made().map(({ kind, thing }) => {
    const state = thing.powerState ? ` (${thing.powerState.keyName})` : '';
    return `${kind} ${thing.hostname ?? thing.label ?? thing.name}${state}`;
  });
}

/** @throws Refusal for who may not ask this */
function admit(cloud: Pick<SoftLayerCloud, 'needed' | 'granted'>, ask: Ask): void {
  if (ask.headers.authorization !== `Basic ${Buffer.from(`${USER}:${KEY}`).toString('base64')}`) {
    throw new Refusal(401, 'SoftLayer_Exception', 'Invalid API token.');
  }
  for (const permission of permissionsFor(ask.operation.name, ask.body?.parameters?.[0])) {
    cloud.needed.add(permission);
    if (cloud.granted?.has(permission) === false) {
      throw new Refusal(500, 'SoftLayer_Exception_PermissionDenied', 'You do not have permission for this');
    }
  }
}

function refuse({ status, code, message }: Refusal): Reply {
  return { status, body: { error: message, code } };
}

const TROUBLES = {
  403: 'SoftLayer_Exception_PermissionDenied',
  429: 'SoftLayer_Exception_WebService_RateLimitExceeded',
  500: 'SoftLayer_Exception',
  503: 'SoftLayer_Exception',
};

function refusal(trouble: keyof typeof TROUBLES) {
  const { status, body } = refuse(new Refusal(trouble, TROUBLES[trouble], 'Refused for a test'));
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: JSON.stringify(body) };
}
