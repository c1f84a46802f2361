import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { storeId } from '../../src/store/identity.ts';
import { type Machine, readMachine, saveMachine } from '../../src/store/machine.ts';
import { createUntilSsh, ended, start } from '../clouds/cli.ts';
import { wordsFor } from '../clouds/cloud.ts';
import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';
import { placeOf, shown } from '../faults/lost.ts';
import { openScreen } from '../terminal/screen.ts';
import { newUser, type User } from './cli.ts';

jest.setTimeout(180_000);

const HOURS = 3600_000;

let cloud: GoogleCloud;
const users: User[] = [];

beforeAll(async () => {
  cloud = await startCloud();
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  expect(cloud.complaints).toEqual([]);
  for (const user of users.splice(0)) await user.remove();
});

afterAll(() => cloud?.close(), 60_000);

async function newcomer(more: NodeJS.ProcessEnv = {}): Promise<User> {
  const user = await newUser({ ...cloud.env, ...more });
  users.push(user);
  return user;
}

/** Lets all that the place has be three hours older. */
function passTime(): void {
  for (const thing of cloud.world.made()) {
    const { description } = thing as { description?: string };
    if (thing.labels) thing.labels = aged(thing.labels as Record<string, string>);
    if (description?.startsWith('{"slipway-')) thing.description = JSON.stringify(aged(JSON.parse(description)));
  }
}

function aged(labels: Record<string, string>): Record<string, string> {
  const moments = Object.entries(labels).filter(([name]) => /^slipway-(created|expires)$/.test(name));
  return { ...labels, ...Object.fromEntries(moments.map(([name, value]) => [name, String(Number(value) - 3 * 3600)])) };
}

async function change(user: User, name: string, how: (machine: Machine) => void): Promise<void> {
  const machine = await readMachine(user.store, name);
  how(machine);
  await saveMachine(user.store, machine);
}

/** The reasons for which machines go, by their names. */
async function reasons(user: User, ...words: string[]): Promise<Record<string, string>> {
  const { leftovers } = await shown(user, ...words);
  return Object.fromEntries(leftovers.map(({ name, reason }) => [name, reason]));
}

test('a machine goes for a reason only, and only while nobody works on it or protects it', async () => {
  const user = await newcomer();
  const child = start(user, ['create', '--progress', 'json', ...wordsFor(cloud), '--ttl', '1h', 'dev']);
  let told = '';
  await new Promise<void>((resolve) =>
    child.stderr?.on('data', (chunk) => {
      told += chunk;
      if (/"stage":"wait for SSH","state":"at"/.test(told)) resolve();
    }),
  );
  const busy = await shown(user);
  expect(busy).toMatchObject({ leftovers: [], problems: [] });
  expect(busy.kept).toEqual([
    expect.objectContaining({
      name: 'dev',
      because: expect.stringMatching(/^process \d+ \("slipway create .*\) works on it$/),
    }),
  ]);
  expect((await user.slipway('gc', '--yes')).code).toBe(0);
  expect((await cloud.left()).length).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await ended(child);
  expect(await reasons(user)).toEqual({ dev: 'its creation was interrupted' });

  await change(user, 'dev', (machine) => {
    machine.phase = 'ready';
  });
  expect(await reasons(user)).toEqual({});
  await change(user, 'dev', (machine) => {
    machine.lifetime = { ends: new Date(Date.now() - 2 * HOURS).toISOString() };
  });
  expect(await reasons(user)).toEqual({ dev: 'its time was over 2h ago' });
  expect((await user.slipway('protect', 'dev')).code).toBe(0);
  expect(await user.slipway('gc', '--yes')).toMatchObject({ code: 0 });
  expect(await shown(user)).toMatchObject({
    leftovers: [],
    kept: [{ name: 'dev', because: 'it is protected' }],
  });
  await user.slipway('unprotect', 'dev');

  await change(user, 'dev', (machine) => {
    delete machine.lifetime;
    machine.forRun = {};
  });
  expect(await reasons(user)).toEqual({ dev: 'the command that it was made for was killed' });
  await change(user, 'dev', (machine) => {
    delete machine.forRun;
    machine.lifetime = { idle: 1800 };
  });
  expect(await reasons(user)).toEqual({});
  await user.slipway('stop', 'dev');
  expect(await reasons(user)).toEqual({});
  await change(user, 'dev', (machine) => {
    delete machine.off;
  });
  expect(await reasons(user)).toEqual({ dev: 'it is off, and nobody used it for 30m' });

  cloud.vanish((await readMachine(user.store, 'dev')).notes.find(({ kind }) => kind === 'instance')?.key ?? '');
  expect(await reasons(user)).toEqual({ dev: 'it is gone from its place' });
  expect(await user.slipway('gc', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"dev" is removed.'),
  });
  expect(await cloud.left()).toEqual([]);
  expect((await user.slipway('ls', '-q')).stdout).toBe('');
});

test('of another store only what its labels prove to be over goes, and only with --all-stores', async () => {
  const [one, two, here] = [await newcomer(), await newcomer(), await newcomer()];
  await createUntilSsh(cloud, one, 'ending', '--ttl', '1h');
  await createUntilSsh(cloud, two, 'staying');
  const key = (await readMachine(two.store, 'staying')).notes.find(({ kind }) => kind === 'instance')?.key ?? '';
  for (const user of [one, two]) await rm(user.store.root, { recursive: true });
  const there = placeOf(cloud);
  expect(await reasons(here, '--all-stores', ...there)).toEqual({});
  passTime();
  expect(await reasons(here, ...there)).toEqual({});
  const found = await reasons(here, '--all-stores', ...there);
  expect(found.ending).toMatch(/^its time was over /);
  expect(found).not.toHaveProperty('staying');
  expect(await here.slipway('gc', '--yes', '--all-stores', ...there)).toMatchObject({ code: 0 });
  expect((await cloud.left()).join()).toContain(key);

  cloud.vanish(key);
  expect(await reasons(here, '--all-stores', ...there)).toMatchObject({ staying: 'its machine is gone' });
  expect(await here.slipway('gc', '--yes', '--all-stores', ...there)).toMatchObject({ code: 0 });
  expect(await cloud.left()).toEqual([]);
});

test('what fails is named, keeps nothing else, and goes the next time', async () => {
  const user = await newcomer();
  await createUntilSsh(cloud, user, 'dev');
  await rm(user.store.machine('dev').folder, { recursive: true });
  await mkdir(user.store.machine('empty').folder, { recursive: true });
  cloud.intercept = ({ what }) => (what === 'instances.delete' ? { status: 403, body: '{}' } : undefined);
  const there = placeOf(cloud).map((word) => (word === 'slipway-test' ? 'nobody-knows,slipway-test' : word));
  const failed = await user.slipway('gc', '--yes', ...there);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('"empty" is removed.');
  expect(failed.stderr).toMatch(/^Error: Not all could be looked at: "google nobody-knows"/m);
  expect(failed.stderr).toMatch(/^Error: Of "dev" there is still the instance ".*", the firewall "/m);
  cloud.intercept = () => undefined;
  expect(await user.slipway('gc', '--yes', ...placeOf(cloud))).toMatchObject({ code: 0 });
  expect(await cloud.left()).toEqual([]);
});

test('a place is asked once for each kind of thing, however many machines are there', async () => {
  const user = await newcomer();
  const store = await storeId(user.store);
  const add = async (n: number) => {
    const key = `slipway-${store}-m${n}-0123456${n % 10}`;
    const id = `projects/slipway-test/zones/us-central1-a/instances/${key}`;
    const notes = [{ kind: 'instance', key, asked: new Date().toISOString(), id }];
    await user.add(`m${n}`, { driver: 'google', flags: { 'google-project': 'slipway-test' }, adopted: false, notes });
  };
  const calls = async () => {
    const before = cloud.calls.length;
    const { leftovers } = await shown(user);
    return { found: leftovers.length, calls: cloud.calls.length - before };
  };
  await add(0);
  expect(await calls()).toEqual({ found: 1, calls: 6 });
  for (let n = 1; n < 20; n += 1) await add(n);
  expect(await calls()).toEqual({ found: 20, calls: 6 });
});

describe('without a cloud', () => {
  let user: User;

  beforeEach(async () => {
    user = await newcomer();
    await user.add('dev', { phase: 'removing', created: new Date(Date.now() - 50 * HOURS).toISOString() });
  });

  test('it lists, and without a terminal or --yes that is all', async () => {
    const { code, stdout, stderr } = await user.slipway('gc', '--quiet');
    expect(stdout).toBe(
      [
        'MACHINE   WHAT      DRIVER    WHERE   AGE    REASON',
        'dev       machine   generic           2d2h   its removal was interrupted',
        '',
      ].join('\n'),
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Nothing was removed') });
    expect(await user.slipway('gc', '--quiet', '--dry-run')).toEqual({ code: 0, stdout, stderr: '' });
    expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
  });

  test.each([
    ['y', 0, '"dev" is removed.'],
    ['n', 130, 'Error: Nothing was removed'],
  ])('at a terminal it asks; after "%s" it ends with %i', async (answer, code, last) => {
    const screen = await openScreen(['slipway', 'gc'], { columns: 100, env: user.env, cwd: user.home });
    try {
      await screen.shows('Remove it? (y/N)');
      await screen.type(answer);
      await screen.press('Enter');
      expect(await screen.ended()).toBe(code);
      expect((await screen.lines()).at(-1)).toBe(last);
    } finally {
      await screen.close();
    }
  });

  test('--json says what became of each', async () => {
    const { code, stdout } = await user.slipway('gc', '--json', '--yes');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      leftovers: [
        { what: 'machine', name: 'dev', driver: 'generic', reason: 'its removal was interrupted', removed: true },
      ],
      kept: [],
      problems: [],
    });
    expect(JSON.parse((await user.slipway('gc', '--json')).stdout)).toEqual({ leftovers: [], kept: [], problems: [] });
  });

  test('a record that cannot be read is told of, and stays', async () => {
    await rm(join(user.store.machine('dev').folder, 'machine.json'));
    await mkdir(join(user.store.machine('dev').folder, 'machine.json'));
    const { code, stderr } = await user.slipway('gc', '--yes');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Not all could be looked at: "dev"') });
  });

  test.each([
    [['--run-id'], 'Nothing here says which run of a CI system this is'],
    [['--run-id', '--yes'], 'Nothing here says which run of a CI system this is'],
    [['--run-id', ''], '--run-id names no run'],
    [['--run-id=7', '--all-stores'], 'cannot also be provided'],
    [['--driver', 'nowhere'], 'There is no driver "nowhere"'],
    [['--driver', 'qemu', '--google-project', 'x'], '--google-project is not a flag of the driver "qemu"'],
    [['--driver', 'azure'], 'needs to know which subscription pays'],
  ])('%j is refused', async (words, sentence) => {
    const { code, stderr } = await user.slipway('gc', ...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) });
    expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
  });
});
