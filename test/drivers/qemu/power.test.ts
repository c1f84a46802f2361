import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/driver.ts';
import { filesOf } from '../../../src/drivers/qemu/files.ts';
import qemu from '../../../src/drivers/qemu/index.ts';
import { withMonitor } from '../../../src/drivers/qemu/qmp.ts';
import { endGuest } from '../../../src/drivers/qemu/quit.ts';
import { sentenceOf } from '../../../src/errors.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newSite, type TestSite } from '../site.ts';
import { writeButtonImage } from './button.ts';
import { leftOf } from './left.ts';

const LIMIT = 120_000;
let place: TestSite;
let made: Record<string, string>;

beforeEach(async () => {
  place = await newSite();
  made = {};
});
afterEach(async () => {
  for (const part of [...driverWith({}).parts].reverse()) await part.destroy(keyOf(part.kind));
  expect(await leftOf(place)).toEqual([]);
  await place.remove();
}, LIMIT);

test(
  'a folder that is deep down is no obstacle, though sockets have short paths',
  async () => {
    const deep = join(place.root, ...Array<string>(6).fill('a folder, with a long name'));
    await mkdir(deep, { recursive: true });
    place = { ...place, site: { ...place.site, folder: join(deep, 'machine') } };
    const driver = await make({});
    expect(await driver.power?.state(made)).toBe('Running');
    expect(await driver.endpoint(made)).toBeDefined();
  },
  LIMIT,
);

test(
  'a machine that was paused goes on when it is started',
  async () => {
    const driver = await make({});
    await withMonitor(filesOf(place.site.folder).socket, (ask) => ask('stop'));
    expect(await driver.power?.state(made)).toBe('Stopped');
    await driver.power?.start(made);
    expect(await driver.power?.state(made)).toBe('Running');
  },
  LIMIT,
);

test.each(['endpoint', 'state'])(
  'a machine that goes off while its QEMU is asked for its %s has gone off',
  async (what) => {
    const driver = await make({});
    const { socket } = filesOf(place.site.folder);
    await rm(socket);
    const qemuThatEnds = createServer(async (connection) => {
      await endGuest(keyOf('instance'));
      connection.destroy();
    }).listen(socket);
    const answer = what === 'state' ? driver.power?.state(made) : driver.endpoint(made);
    await answer?.finally(() => qemuThatEnds.close());
    expect(await answer).toBe(what === 'state' ? 'Stopped' : undefined);
  },
  LIMIT,
);

test(
  'it keeps its ports from one start to the next',
  async () => {
    const driver = await make({});
    const before = await driver.endpoint(made);
    await driver.power?.kill?.(made);
    await driver.power?.start(made);
    expect(await driver.endpoint(made)).toEqual(before);
  },
  LIMIT,
);

test(
  'a port to publish that is taken is told by QEMU, and nothing runs',
  async () => {
    const taker = await listener();
    const { port } = taker.address() as AddressInfo;
    const error = await make({ 'qemu-publish': [`${port}:80`] }).catch((caught: unknown) => caught);
    taker.close();
    expect(sentenceOf(error)).toContain(`Could not set up host forwarding rule 'tcp:127.0.0.1:${port}-:80'`);
    expect(await driverWith({}).power?.state({ instance: keyOf('instance') })).toBe('Stopped');
  },
  LIMIT,
);

test(
  'a machine whose image was removed says so when it is started',
  async () => {
    const driver = await make({});
    await driver.power?.kill?.(made);
    await rm(place.site.cache, { recursive: true });
    const error = await driver.power?.start(made).catch((caught: unknown) => caught);
    expect(sentenceOf(error)).toContain('Could not open backing file');
  },
  LIMIT,
);

async function make(flags: FlagValues): Promise<Driver> {
  const image = await writeButtonImage(join(place.root, 'button.img'));
  const driver = driverWith({ 'qemu-image': image, ...flags });
  for (const part of driver.parts) made[part.kind] = await part.create(keyOf(part.kind), made);
  return driver;
}

function driverWith(flags: FlagValues): Driver {
  const small = { 'qemu-memory': 256, 'qemu-cpus': 1, 'qemu-disk-size': 4, 'qemu-accel': 'tcg' };
  return qemu.driver({ ...small, ...flags }, place.site);
}

function keyOf(kind: string): string {
  return `slipway-${place.site.machine}-${kind}`;
}

async function listener(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
