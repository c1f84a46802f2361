import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Call, Fault, FaultyCloud, Trouble } from '../cloud.ts';
import type { Place } from './ask.ts';
import { furnish, PROJECT, QUOTAS } from './catalog.ts';
import { type Desk, serve } from './desk.ts';
import { type Identity, newIdentity } from './identity.ts';
import { disconnect, release } from './instances.ts';
import { Refusal } from './refusal.ts';
import { newWorld, type Pace, type Thing, type World } from './world.ts';

export interface Options {
  /** Instances are real machines, emulated here. */
  readonly guests?: boolean;
  readonly pace?: Partial<Pace>;
  /** For how many milliseconds lists show what was before, and what was accepted has not begun. */
  readonly lag?: number;
  /** The longest page of a list. */
  readonly pageSize?: number;
}

/** Compute Engine, as far as machines need it, on this computer. */
export interface GoogleCloud extends FaultyCloud {
  readonly project: string;
  readonly identity: Identity;
  readonly world: World;
  /** Quotas by their names, which tests may change. */
  readonly quotas: Record<string, number>;
  /** What zones have none of: "us-central1-a e2-medium", or with " SPOT" after it. */
  readonly exhausted: Set<string>;
  /** What whoever asks may do; everything while undefined. */
  granted: ReadonlySet<string> | undefined;
  /** The permissions that were needed. */
  readonly needed: Set<string>;
  readonly url: string;
  /** What somebody with the console does to an instance, by the end of its path: removes it at once. */
  vanish(name: string, keepDisk?: boolean): void;
  /** Gives a thing that was there already, and is not ours. */
  give(path: string, kind: string, fields: object): Thing;
  /** A folder for files of credentials. */
  readonly folder: string;
}

/** What was accepted begins after some seconds at the latest. */
const PENDING = 2000;
const PACE: Pace = { pending: 10, step: 15, lag: 60 };

export async function startCloud(options: Options = {}): Promise<GoogleCloud> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-google-'));
  const identity = newIdentity();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world = newWorld(`${url}/compute/v1/`, { ...PACE, ...options.pace });
  furnish(world);
  const place = newPlace(options);
  const desk: Desk = newDesk(world, place, identity);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(desk, request, response));
  return Object.assign(desk, {
    driver: 'google',
    project: PROJECT,
    url,
    folder,
    quotas: place.quotas,
    exhausted: place.exhausted,
    env: await environment(identity, folder, url),
    words: ['--google-project', PROJECT, '--google-machine-type', 'e2-micro', '--google-disk-size', '10'],
    refusal,
    lag: async (ms: number) => void Object.assign(world.pace, { lag: ms, pending: Math.min(ms, PENDING) }),
    left: async () => leftIn(world),
    vanish: (name: string, keepDisk = false) => vanish(world, name, keepDisk),
    give: (path: string, kind: string, fields: object) => world.show(path, kind, fields, true),
    async close() {
      await Promise.all([...place.running.values()].map((guest) => guest.remove()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  });
}

const TROUBLES: Readonly<Record<Trouble, string>> = {
  403: 'forbidden',
  429: 'rateLimitExceeded',
  500: 'internalError',
  503: 'backendError',
};

function refusal(status: Trouble): Answer {
  const headers: Record<string, string> = status === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: new Refusal(status, TROUBLES[status], 'Refused for a test').body() };
}

function newDesk(world: World, place: Place, identity: Identity): Desk {
  const calls: Call[] = [];
  const nothing = (): Fault | undefined => undefined;
  return { world, place, identity, calls, complaints: [], needed: new Set(), granted: undefined, intercept: nothing };
}

async function environment(identity: Identity, folder: string, url: string): Promise<NodeJS.ProcessEnv> {
  return {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${url}/compute/v1/`,
    GOOGLE_APPLICATION_CREDENTIALS: await identity.keyFile(folder),
    METADATA_SERVER_DETECTION: 'none',
  };
}

let servers = 0;

function newPlace({ guests = false, pageSize = 500 }: Options): Place {
  const net = 64 + ((process.pid + 31 * servers++) % 128);
  let given = 0;
  const nextAddress = () => {
    given += 1;
    return `127.${net}.${given >> 8}.${given & 255}`;
  };
  return { quotas: { ...QUOTAS }, exhausted: new Set(), guests, pageSize, running: new Map(), nextAddress };
}

/** With what is only accepted yet, since it will be there. */
function leftIn(world: World): string[] {
  const things = world.made().filter(({ kind, network }) => kind !== 'compute#subnetwork' || network === undefined);
  const coming = world.underWay().filter(({ operationType }) => operationType === 'insert');
  return [
    ...things.map(
      ({ kind, name, status }) => `${kind.slice('compute#'.length)} ${name}${status ? ` (${status})` : ''}`,
    ),
    ...coming.map(({ targetLink }) => `coming: ${String(targetLink).split('/').slice(-2).join(' ')}`),
  ];
}

function vanish(world: World, name: string, keepDisk: boolean): void {
  const [instance] = world.all(new RegExp(`/instances/${name}$`));
  if (!instance) throw new Error(`There is no instance "${name}"`);
  if (keepDisk) for (const disk of instance.disks as { autoDelete: boolean }[]) disk.autoDelete = false;
  disconnect(world, instance);
  release(world, instance);
  world.hide(instance.selfLink.slice(world.root.length));
}
