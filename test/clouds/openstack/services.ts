import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '../../../src/poll.ts';

/** The services of one OpenStack that run here. */
export interface Services {
  /** The address at which they listen. */
  readonly host: string;
  /** By what they are for. */
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Of the administrator. */
  readonly password: string;
}

export type ServiceName = 'identity' | 'image' | 'compute' | 'network' | 'volume';

/** By the names that services.sh knows them by. */
const PORTS = [
  'KEYSTONE',
  'GLANCE',
  'PLACEMENT',
  'NOVA',
  'NEUTRON',
  'CINDER',
  'METADATA',
  'RABBIT',
  'RABBIT_NODES',
  'EPMD',
] as const;

const NAMES: Readonly<Record<ServiceName, (typeof PORTS)[number]>> = {
  identity: 'KEYSTONE',
  image: 'GLANCE',
  compute: 'NOVA',
  network: 'NEUTRON',
  volume: 'CINDER',
};

/** For all to start, with many other tests at work, in milliseconds. */
const LIMIT = 880_000;

/**
 * One OpenStack for all test files of a run: whoever needs it first starts it, and it ends with the process that did, at the
 * latest when the run does. To start it takes half a minute of both processors. SLIPWAY_TEST_OPENSTACK names a file that tells
 * of one that is there already, for whoever runs tests over and over.
 */
export async function sharedServices(): Promise<Services> {
  const { SLIPWAY_TEST_OPENSTACK: given } = process.env;
  if (given) return JSON.parse(await readFile(given, 'utf8'));
  const folder = join(tmpdir(), `slipway-openstack-${runOfTests()}`);
  const first = await mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
  if (first) await keep(folder, await startServices(folder, '127.0.0.1'));
  const wait = { what: 'OpenStack to be started by another test', limit: LIMIT };
  return waitFor(wait, async () => {
    if (!existsSync(folder)) throw new Error('OpenStack could not be started; another test tells why');
    return existsSync(join(folder, READY)) ? JSON.parse(await readFile(join(folder, READY), 'utf8')) : undefined;
  });
}

const READY = 'ready.json';

/** The same for all processes of one run of jest, and for no other. */
function runOfTests(): string {
  const pid = process.connected ? process.ppid : process.pid; // jest itself, from one of its workers or alone
  const [started] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(19);
  return `${pid}-${started}`;
}

async function keep(folder: string, { services }: OwnServices): Promise<void> {
  await writeFile(join(folder, `${READY}.new`), JSON.stringify(services));
  await rename(join(folder, `${READY}.new`), join(folder, READY));
}

/** Those of one test alone. */
export interface OwnServices {
  readonly services: Services;
  /** Ends all of their processes, and those of the guests. */
  end(): Promise<void>;
}

/**
 * An OpenStack with guests, and what leads to them, whose addresses are in 198.18.0.0/15, which is for tests: RFC 2544.
 * @param image the folder of the guests' image
 */
export async function servicesWithGuests(image: string): Promise<OwnServices & { readonly outside: string }> {
  const net = freeNet();
  const folder = join(tmpdir(), `slipway-openstack-net-${net}`);
  const own = await startServices(folder, `198.18.${net}.1`, { GUESTS: image, NET: String(net) });
  return { ...own, outside: `198.18.${net}.0/24` };
}

function freeNet(): number {
  const nets = Array.from({ length: 256 }, (_, net) => net).filter(
    (net) => !existsSync(`/sys/class/net/slipway-${net}`),
  );
  return nets[randomInt(nets.length)] as number;
}

async function startServices(folder: string, host: string, more: NodeJS.ProcessEnv = {}): Promise<OwnServices> {
  const ports = await freePorts(PORTS.length);
  const numbers = Object.fromEntries(PORTS.map((name, n) => [name, String(ports[n])]));
  const password = randomBytes(12).toString('hex');
  const child = spawn(resolve('test/clouds/openstack/services.sh'), [folder], {
    env: { PATH: process.env.PATH, PASSWORD: password, ...numbers, ...more },
    detached: true, // an interrupt from the terminal is for the tests: it ends when they do
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await ready(child).catch(async (error) => {
    child.stdin?.destroy();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  for (const each of [child, child.stdin, child.stdout, child.stderr]) (each as Socket).unref();
  const told = Object.entries(NAMES).map(([service, name]) => [service, Number(numbers[name])]);
  return {
    services: { host, ports: Object.fromEntries(told), password },
    async end() {
      if (child.exitCode !== null) return;
      const ended = new Promise((done) => child.once('close', done));
      child.ref();
      child.stdin?.destroy();
      await ended;
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (piece) => {
    said += piece;
  });
  await new Promise<void>((done, failed) => {
    child.stdout?.on('data', (piece) => String(piece).includes('ready') && done());
    child.once('error', failed);
    child.once('close', (code) => failed(new Error(`services.sh ended with ${code}: ${said}`)));
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
