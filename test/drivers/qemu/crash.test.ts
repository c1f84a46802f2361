import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/driver.ts';
import qemu from '../../../src/drivers/qemu/index.ts';
import { newSite, type TestSite } from '../site.ts';
import { writeButtonImage } from './button.ts';
import { leftOf } from './left.ts';

/** From before the first file until after QEMU runs, in milliseconds; a create takes about half a second. */
const MOMENTS = [0, 20, 40, 60, 80, 100, 120, 150, 200, 250, 300, 400, 600];

let folder: string;
let flags: Record<string, string | number>;
let place: TestSite;

const LIMIT = 120_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  const image = await writeButtonImage(join(folder, 'button.img'));
  flags = { 'qemu-image': image, 'qemu-memory': 256, 'qemu-cpus': 1, 'qemu-disk-size': 4, 'qemu-accel': 'tcg' };
  place = await newSite();
});
afterEach(async () => {
  await place.remove();
  await rm(folder, { recursive: true, force: true });
});

test.each(MOMENTS)(
  'a create that is killed after %d ms leaves nothing that its keys do not find',
  async (moment) => {
    const { child, ended } = await startCreate();
    await delay(moment);
    child.kill('SIGKILL');
    await ended;

    await removeByKeys();
    expect(await leftInTheEnd()).toEqual([]);
  },
  LIMIT,
);

/** A program that the dead process had started, qemu-img say, ends by itself, a moment after it. */
async function leftInTheEnd(): Promise<string[]> {
  const end = performance.now() + 60_000;
  for (;;) {
    const left = await leftOf(place);
    if (left.length === 0 || performance.now() > end) return left;
    await delay(100);
  }
}

test(
  'a machine lives on when the process that made it is killed',
  async () => {
    const { child, ended } = await startCreate();
    await once(child, 'message'); // it has made it
    child.kill('SIGKILL');
    await ended;
    const driver = await driverHere();
    const made = { disk: keyOf('disk'), instance: keyOf('instance') };
    expect(await driver.power?.state(made)).toBe('Running');
    expect(await driver.endpoint(made)).toBeDefined();
    await removeByKeys();
    expect(await leftOf(place)).toEqual([]);
  },
  LIMIT,
);

async function startCreate() {
  const child = fork(new URL('./creator.ts', import.meta.url), [], { execArgv: ['--no-warnings'] });
  const ended = once(child, 'exit');
  await once(child, 'message'); // it has loaded
  child.send({ root: place.root, flags });
  return { child, ended };
}

function keyOf(kind: string): string {
  return `slipway-${place.site.machine}-${kind}`;
}

async function driverHere(): Promise<Driver> {
  return qemu.driver(flags, (await newSite({ root: place.root })).site);
}

async function removeByKeys(): Promise<void> {
  for (const part of [...(await driverHere()).parts].reverse()) {
    const id = await part.find(keyOf(part.kind));
    if (id !== undefined) await part.destroy(id);
  }
}
