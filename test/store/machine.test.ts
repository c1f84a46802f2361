import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Layout, layout } from '../../src/store/layout.ts';
import {
  addMachine,
  eraseMachine,
  listMachines,
  type Machine,
  readMachine,
  saveMachine,
} from '../../src/store/machine.ts';

let store: Layout;

beforeEach(async () => {
  store = layout(await mkdtemp(join(tmpdir(), 'slipway-store-')));
});

afterEach(async () => {
  await rm(store.root, { recursive: true, force: true });
});

function machine(name: string): Machine {
  return {
    version: 1,
    name,
    driver: 'qemu',
    flags: {},
    created: '2026-01-01T00:00:00.000Z',
    phase: 'ready',
    notes: [],
    hostKeys: [],
    engine: { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] },
    tls: { names: [] },
    context: name,
    adopted: false,
  };
}

test('a record comes back as it was saved, and only its owner can read it', async () => {
  await addMachine(store, machine('dev'));
  await saveMachine(store, { ...machine('dev'), hostKeys: ['ssh-ed25519 AAAA'] });
  expect((await readMachine(store, 'dev')).hostKeys).toEqual(['ssh-ed25519 AAAA']);
  expect((await stat(store.machine('dev').record)).mode & 0o777).toBe(0o600);
  expect((await stat(store.machine('dev').folder)).mode & 0o777).toBe(0o700);
});

test('what a newer version added to a record is kept', async () => {
  await addMachine(store, machine('dev'));
  const path = store.machine('dev').record;
  await writeFile(path, (await readFile(path, 'utf8')).replace('"driver"', '"later": 7, "driver"'));
  await saveMachine(store, await readMachine(store, 'dev'));
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ later: 7 });
});

test('a name is taken once, whatever its case', async () => {
  await addMachine(store, machine('dev'));
  await expect(addMachine(store, machine('dev'))).rejects.toMatchObject({ code: 'exists' });
  await expect(addMachine(store, machine('DEV'))).rejects.toMatchObject({ code: 'exists' });
});

test('twenty at once make twenty machines, and one name goes to one of them', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `m${n}`);
  await Promise.all(names.map((name) => addMachine(store, machine(name))));
  expect((await listMachines(store)).map((listed) => listed.name)).toEqual(names); // natural order: m2 before m10
  const same = await Promise.allSettled(Array.from({ length: 20 }, () => addMachine(store, machine('one'))));
  expect(same.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test.each([
  ['not JSON', '{"version": 1,', /is not JSON/],
  ['nothing', '', /is not JSON/],
  ['a list', '[]', /is incomplete/],
  ['null', 'null', /is not an object/],
  ['half of it', '{"version": 1, "name": "x"}', /is incomplete/],
  [
    'of a lifetime that nobody understands',
    JSON.stringify({ ...machine('bad'), lifetime: { ends: 'later' } }),
    /is incomplete/,
  ],
  ['the future', '{"version": 2}', /newer Slipway/],
])('a record that is %s is shown as broken and does not hide the others', async (_, text, sentence) => {
  await addMachine(store, machine('good'));
  await mkdir(store.machine('bad').folder);
  await writeFile(store.machine('bad').record, text);
  const listed = await listMachines(store);
  expect(listed.map(({ name }) => name)).toEqual(['bad', 'good']);
  expect(listed[0]).toMatchObject({ error: { code: 'broken', message: expect.stringMatching(sentence) } });
  await expect(readMachine(store, 'bad')).rejects.toMatchObject({ code: 'broken' });
});

test('there is no machine in an empty store, nor in an empty folder', async () => {
  expect(await listMachines(store)).toEqual([]);
  await expect(readMachine(store, 'dev')).rejects.toMatchObject({
    code: 'not-found',
    hint: expect.stringContaining('slipway ls'),
  });
  await mkdir(store.machine('dev').folder, { recursive: true });
  expect(await listMachines(store)).toEqual([]);
});

test('erasing leaves nothing, and can be done again', async () => {
  await addMachine(store, machine('dev'));
  await mkdir(join(store.machine('dev').folder, 'driver'));
  await writeFile(join(store.machine('dev').folder, 'driver', 'disk'), 'x');
  await chmod(join(store.machine('dev').folder, 'driver', 'disk'), 0o400);
  await eraseMachine(store, 'dev');
  await eraseMachine(store, 'dev');
  await expect(stat(store.machine('dev').folder)).rejects.toMatchObject({ code: 'ENOENT' });
});
