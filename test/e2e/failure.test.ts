import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../src/poll.ts';
import type { Machine } from '../../src/store/machine.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';
import { commandLines, tracesOf } from './traces.ts';

jest.setTimeout(BUSY);

let owner: Owner;
beforeAll(async () => {
  owner = await newOwner({ SLIPWAY_QEMU_IMAGE: 'build-without-engine' });
});
afterAll(() => owner.remove());

const running = async () => (await commandLines()).filter((line) => line.includes(owner.store.root));

test('a create that fails names the step, gives the reason and the way out, and leaves nothing', async () => {
  const words = ['create', '--engine-source', 'docker', '--engine-url', 'https://127.0.0.1:9', 'bad'];
  const work = owner.slipway(...words);
  const record = await recordOf('bad');
  expect(await tracesOf(owner, record)).not.toEqual([]);
  const { code, stdout, stderr } = await work;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const [error, hint, ...rest] = stderr
    .slice(stderr.indexOf('\nError: ') + 1)
    .trimEnd()
    .split('\n');
  expect(error).toMatch(/^Error: On "bad" the step "add Docker's package repository" failed: /);
  expect(stderr).toMatch(/127\.0\.0\.1 port 9/);
  expect([hint, ...rest].join('\n')).toContain('--engine-source distribution');
  expect(await tracesOf(owner, record)).toEqual([]);
});

test('Ctrl-C in the middle of create leaves nothing', async () => {
  const child = spawn('slipway', ['create', '--progress', 'json', 'gone'], {
    env: owner.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'exit');
  await waitFor({ what: 'the boot', limit: BUSY }, async () =>
    said.includes('"stage":"wait for SSH"') ? true : undefined,
  );
  const record = await recordOf('gone');
  expect(await tracesOf(owner, record)).not.toEqual([]);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(said).toContain('Error: Interrupted');
  expect(await tracesOf(owner, record)).toEqual([]);
  expect(await running()).toEqual([]);
});

test('--keep-on-failure keeps what was made, and rm removes it', async () => {
  const image = join(owner.home, 'off.img');
  await writeFile(image, switchesOff());
  const { code, stderr } = await owner.slipway('create', '--keep-on-failure', '--qemu-image', image, 'kept');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('"kept" went off while it was starting'),
  });
  expect(stderr).toContain('Error: "kept" could not be created, and is kept as it is: ');
  const [row] = JSON.parse(await owner.does('slipway', 'ls', '--json'));
  expect(row).toMatchObject({ name: 'kept', state: 'Interrupted', error: expect.stringContaining('slipway rm kept') });
  expect(await owner.slipway('env', 'kept')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"kept" was not finished'),
  });
  const record = await recordOf('kept');
  await owner.does('slipway', 'rm', '--yes', 'kept');
  expect(await tracesOf(owner, record)).toEqual([]);
});

/** A disk whose only program switches the machine off: sleep state S5 at the place where SeaBIOS puts it on q35. */
function switchesOff(): Buffer {
  const disk = Buffer.alloc(2 ** 20);
  disk.set([0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4]); // mov dx, 0x604; mov ax, 0x2000; out dx, ax; hlt
  disk.writeUInt16BE(0x55aa, 510);
  return disk;
}

/** The record, once a machine is under way. */
async function recordOf(name: string): Promise<Machine> {
  return waitFor({ what: 'the record', limit: BUSY }, async () => {
    const record = await owner.record(name).catch(() => undefined);
    return record?.notes.some(({ kind }) => kind === 'instance') ? record : undefined;
  });
}
