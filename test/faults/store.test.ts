import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ProgramResult } from '../../src/program.ts';
import { listMachines } from '../../src/store/machine.ts';
import { createUntilSsh, newCloudUser } from '../clouds/cli.ts';
import { type FaultyCloud, wordsFor } from '../clouds/cloud.ts';
import { startCloud } from '../clouds/hetzner/index.ts';
import { newUser, type User } from '../commands/cli.ts';
import { filesLeft } from './left.ts';
import { type Resident, startResident, untilSsh } from './resident.ts';

jest.setTimeout(300_000);

/** What changes the store and asks nobody; each is done to a machine "dev", or one that is protected, beside "other". */
const VERBS: readonly (readonly string[])[] = [
  ['protect', 'dev'],
  ['unprotect', 'shut'],
  ['use', 'dev'],
  ['rm', '-y', 'dev'],
];

let users: User[] = [];
let residents: Resident[] = [];

beforeEach(() => {
  users = [];
  residents = [];
});

afterEach(async () => {
  await Promise.all(residents.map((resident) => resident.end()));
  await Promise.all(users.map((user) => user.remove()));
});

async function newOne(): Promise<User> {
  const user = await newUser();
  users.push(user);
  await user.addReady('dev');
  await user.addReady('other');
  await user.addReady('shut', { protected: true });
  return user;
}

const faulty = (user: User, words: readonly string[], faults: NodeJS.ProcessEnv) =>
  user.run(
    'env',
    ...Object.entries({ ...PRELOAD, ...faults }).map(([name, value]) => `${name}=${value}`),
    'slipway',
    ...words,
  );

const PRELOAD = { NODE_OPTIONS: `--import=${resolve('test/faults/kill.mjs')}` };

async function operationsOf(words: readonly string[]): Promise<string[]> {
  const user = await newOne();
  const journal = join(user.home, 'journal');
  await faulty(user, words, { SLIPWAY_FAULT_JOURNAL: journal });
  return (await readFile(journal, 'utf8')).trimEnd().split('\n');
}

/** What is not as it must be, whatever happened. */
async function wrongIn(user: User, other: string): Promise<string[]> {
  const listed = await listMachines(user.store);
  const broken = listed.flatMap((each) => ('error' in each ? [`${each.name}: ${each.error.message}`] : []));
  const lost = (await readFile(user.store.machine('other').record, 'utf8')) !== other;
  return [...broken, ...(lost ? ['the other record has changed'] : []), ...(await wrongCertificates(user))];
}

async function wrongCertificates({ store }: User): Promise<string[]> {
  const id = await readFile(store.currentAuthority, 'utf8').catch(() => undefined);
  if (id === undefined) return [];
  const { authority, client } = store.authority(id.trim());
  const [ca, own] = await Promise.all(
    [authority, client].map(async (path) => new X509Certificate(await readFile(path))),
  );
  return ca && own?.checkIssued(ca) && own.verify(ca.publicKey) ? [] : ['the client certificate does not verify'];
}

/** Does the verb with the fault at each operation, then without; gives what was wrong at which. */
async function atEach(words: readonly string[], run: Run, operations: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const queue = [...operations];
  const lane = async () => {
    for (let operation = queue.shift(); operation !== undefined; operation = queue.shift()) {
      const wrong = await suffer(words, run, operation);
      found.push(...wrong.map((each) => `${words[0]}, ${operation}: ${each}`));
    }
  };
  await Promise.all([lane(), lane(), lane()]);
  expect(operations.length).toBeGreaterThan(2);
  return found;
}

/** Runs the command line with the fault at one operation. */
type Run = (user: User, words: readonly string[], operation: string) => Promise<ProgramResult>;

async function suffer(words: readonly string[], run: Run, operation: string): Promise<string[]> {
  const user = await newOne();
  const other = await readFile(user.store.machine('other').record, 'utf8');
  const { code, stderr } = await run(user, words, operation);
  const rude = code > 0 && !/^Error: \S/m.test(stderr) ? [`it said: ${stderr}`] : [];
  const fault = /has a fault|^\s+at /m.test(stderr) ? [`it said: ${stderr}`] : [];
  const wrong = await wrongIn(user, other);
  const again = await user.slipway(...words);
  const done = again.code === 0 || again.stderr.includes('There is no machine "dev"');
  const drafts = (await readdir(user.store.root, { recursive: true })).filter((path) => path.endsWith('.draft'));
  const after = await wrongIn(user, other);
  return [...rude, ...fault, ...wrong, ...(done ? [] : [`again: ${again.stderr}`]), ...drafts, ...after];
}

const named = VERBS.map((words) => [words[0] ?? '', words] as const);

test.each(named)('on a disk that gets full at any write, "%s" says a sentence and loses nothing', async (_, words) => {
  const full = await withFullDisks(3);
  const run: Run = (user, given, operation) => full((resident) => resident.slipway(given, envOf(user, operation)));
  expect(await atEach(words, run, (await operationsOf(words)).filter(needsSpace))).toEqual([]);
});

test.each(named)('killed at any write, "%s" loses nothing', async (_, words) => {
  const run: Run = (user, given, operation) => faulty(user, given, { SLIPWAY_FAULT_BEFORE: operation });
  expect(await atEach(words, run, await operationsOf(words))).toEqual([]);
});

test('of a create on a disk that gets full at any write, nothing is lost at the place', async () => {
  const clouds = await Promise.all([startCloud(), startCloud(), startCloud()]);
  try {
    const [first] = clouds;
    const operations = (await operationsOfCreate(first)).filter(needsSpace);
    const queue = [...operations];
    const lane = async (cloud: FaultyCloud) => {
      const full = await withFullDisks(1, cloud.env);
      const wrong: string[] = [];
      for (let operation = queue.shift(); operation !== undefined; operation = queue.shift()) {
        const at = operation;
        wrong.push(...(await full((resident) => createOn(cloud, resident, at))).map((each) => `${at}: ${each}`));
      }
      return wrong;
    };
    expect((await Promise.all(clouds.map(lane))).flat()).toEqual([]);
    expect(operations.length).toBeGreaterThan(20);
  } finally {
    await Promise.all(clouds.map((cloud) => cloud.close()));
  }
});

/** Without a record nothing may be there; with one, `rm` removes all once there is space again. */
async function createOn(cloud: FaultyCloud, resident: Resident, operation: string): Promise<string[]> {
  const user = await newCloudUser(cloud);
  users.push(user);
  const words = ['create', '--progress', 'json', ...wordsFor(cloud), 'dev'];
  const { code, stderr } = await untilSsh(resident, words, envOf(user, operation));
  const noted = existsSync(user.store.machine('dev').record);
  const unknown = noted ? [] : (await cloud.left()).map((each) => `without a record: ${each}`);
  const rude = code > 0 && /^Error: \S/m.test(stderr) && !/has a fault|^\s+at /m.test(stderr) ? [] : [stderr];
  const removed = await resident.slipway(['rm', '-y', 'dev'], user.env);
  const done = removed.code === 0 || (!noted && removed.stderr.includes('There is no machine "dev"'));
  const left = [...(await cloud.left()), ...(await filesLeft(user.home))];
  return [...rude, ...unknown, ...(done ? [] : [`rm: ${removed.stderr}`]), ...left];
}

async function operationsOfCreate(cloud: FaultyCloud): Promise<string[]> {
  const user = await newCloudUser(cloud);
  users.push(user);
  const journal = join(user.home, 'journal');
  Object.assign(user.env, PRELOAD, { SLIPWAY_FAULT_JOURNAL: journal });
  await createUntilSsh(cloud, user, 'dev');
  delete user.env.NODE_OPTIONS;
  expect(await user.slipway('rm', '-y', 'dev')).toMatchObject({ code: 0 });
  return (await readFile(journal, 'utf8')).trimEnd().split('\n');
}

/** Processes whose disks get full, each used by one at a time; they end with the test. */
async function withFullDisks(count: number, env: NodeJS.ProcessEnv = {}) {
  const free = Array.from({ length: count }, () => startResident({ ...env, ...PRELOAD }));
  residents.push(...free);
  return async <T>(use: (resident: Resident) => Promise<T>): Promise<T> => {
    const resident = free.pop();
    if (!resident) throw new Error('More are wanted than there are');
    return use(resident).finally(() => free.push(resident));
  };
}

const envOf = (user: User, operation: string) => ({ ...user.env, SLIPWAY_FAULT_FULL: operation });

const needsSpace = (operation: string) =>
  /^(handle\.)?(append|copy|link|mkdir|open|write|symlink|rename)/i.test(operation);

test('of a hundred commands at once on one machine none is lost, and each lock is given back', async () => {
  const user = await newOne();
  const other = await readFile(user.store.machine('other').record, 'utf8');
  const lines = Array.from({ length: 100 }, (_, n) => [n % 2 === 0 ? 'protect' : 'unprotect', 'dev']);
  const [alone, together] = [lines.slice(0, 20), lines.slice(20)];
  const inOne = async (some: readonly (readonly string[])[]) => {
    const resident = startResident({});
    residents.push(resident);
    const results: ProgramResult[] = [];
    for (const words of some) results.push(await resident.slipway(words, user.env));
    return results;
  };
  const shares = [0, 1, 2, 3].map((n) => together.filter((_, index) => index % 4 === n));
  const all = await Promise.all([...alone.map((words) => user.slipway(...words)), ...shares.map(inOne)]);
  expect(all.flat().filter(({ code }) => code !== 0)).toEqual([]);
  expect(all.flat()).toHaveLength(100);
  expect(await wrongIn(user, other)).toEqual([]);
  expect(await readdir(user.store.locks)).toEqual([]);
});
