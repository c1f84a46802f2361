import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runArgs } from '../../src/drivers/qemu/guest.ts';
import { hostArch } from '../../src/drivers/qemu/settings.ts';
import { findLeftovers, removeAll } from '../../src/machine/gc.ts';
import { takeLease } from '../../src/machine/lease.ts';
import type { Work } from '../../src/machine/work.ts';
import { storeId } from '../../src/store/identity.ts';
import { withLock } from '../../src/store/lock.ts';
import { readMachine, saveMachine } from '../../src/store/machine.ts';
import { newUser, type User } from '../commands/cli.ts';

const LONG_AGO = '2026-01-01T00:00:00.000Z';

let user: User;
let work: Work;
const children: ChildProcess[] = [];

beforeEach(async () => {
  user = await newUser();
  work = { store: user.store, env: user.env, report: () => undefined };
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await user.remove();
});

/** A QEMU that does not even begin with a machine of this key. */
async function qemu(key: string, ...more: string[]): Promise<ChildProcess> {
  const machine = hostArch() === 'aarch64' ? 'virt' : 'q35';
  const words = [
    '-name',
    `guest=${key}`,
    ...more,
    '-machine',
    machine,
    '-m',
    '64',
    '-nodefaults',
    '-display',
    'none',
    '-S',
  ];
  const child = spawn(`qemu-system-${hostArch()}`, words, { stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  children.push(child);
  return child;
}

/** The system knows of a process's end before its parent does. */
async function ended(child: ChildProcess): Promise<void> {
  if ((child.exitCode ?? child.signalCode) === null) await once(child, 'exit');
}

const place = { places: [] };

test('a QEMU of this store without a record is found and ended, another store’s is not', async () => {
  const own = await qemu(`slipway-${await storeId(user.store)}-dev-01234567`);
  const noted = await qemu(`slipway-${await storeId(user.store)}-web-01234567`);
  const foreign = await qemu('slipway-fedcba98-dev-01234567');
  await user.add('web', {
    driver: 'qemu',
    flags: {},
    phase: 'creating',
    adopted: false,
    notes: [{ kind: 'instance', key: `slipway-${await storeId(user.store)}-web-01234567`, asked: LONG_AGO }],
  });
  await withLock(user.store.locks, 'web', async () => {
    const { removals, kept } = await findLeftovers(work, place);
    expect(removals.map(({ leftover }) => leftover)).toMatchObject([
      { what: 'parts', name: 'dev', driver: 'qemu', where: 'this computer', reason: 'no record here knows it' },
    ]);
    expect(kept).toMatchObject([{ name: 'web', because: expect.stringMatching(/^process \d+ /) }]);
    expect(await removeAll(work, removals)).toMatchObject([{ leftover: { name: 'dev' } }]);
  });
  await ended(own);
  expect([noted, foreign].map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
});

test('a QEMU that a run of a CI system started is found by the run, whose store is lost', async () => {
  const one = await qemu('slipway-fedcba98-dev-01234567', ...runArgs('gc-test-77'));
  const other = await qemu('slipway-fedcba98-dev-76543210', ...runArgs('gc-test-78'));
  expect((await findLeftovers(work, { ...place, allStores: true })).removals).toEqual([]);
  const { removals } = await findLeftovers(work, { ...place, run: 'gc-test-77' });
  expect(removals.map(({ leftover: { parts } }) => parts)).toEqual([
    [{ kind: 'instance', id: 'slipway-fedcba98-dev-01234567' }],
  ]);
  expect(await removeAll(work, removals)).toEqual([{ leftover: removals[0]?.leftover }]);
  await ended(one);
  expect(other.exitCode ?? other.signalCode).toBeNull();
});

test('what has changed since it was found stays', async () => {
  const names = ['again', 'busy', 'extended', 'gone', 'protected', 'used'];
  for (const name of names) await user.add(name, { phase: 'ready', lifetime: { ends: LONG_AGO } });
  const { removals } = await findLeftovers(work, place);
  expect(removals.map(({ leftover: { name } }) => name)).toEqual(names);
  const { slipway } = user;
  for (const name of ['again', 'gone']) await slipway('rm', '-y', name);
  await user.add('again', { phase: 'ready', created: new Date().toISOString() });
  await slipway('protect', 'protected');
  const extended = await readMachine(user.store, 'extended');
  await saveMachine(user.store, { ...extended, lifetime: { ends: new Date(Date.now() + 3600_000).toISOString() } });
  const release = await takeLease(work, 'used');
  const swept = await withLock(user.store.locks, 'busy', () => removeAll(work, removals));
  await release();
  const changed = 'it has changed since it was found';
  expect(Object.fromEntries(swept.map(({ leftover: { name }, because }) => [name, because]))).toEqual({
    again: changed,
    busy: expect.stringContaining('"busy" is in use by process'),
    extended: changed,
    gone: changed,
    protected: changed,
    used: expect.stringContaining('is in use by process'),
  });
  expect((await slipway('ls', '-q')).stdout.trim().split('\n')).toEqual(names.filter((name) => name !== 'gone'));
});

test('of a run that was named all its machines go, and no other’s', async () => {
  await user.add('one', { run: '77' });
  await user.add('two', { run: '78' });
  await user.add('old', { lifetime: { ends: LONG_AGO } });
  const { removals } = await findLeftovers(work, { ...place, run: '77' });
  expect(removals.map(({ leftover: { name, reason } }) => ({ name, reason }))).toEqual([
    { name: 'one', reason: 'the run "77" made it' },
  ]);
});
