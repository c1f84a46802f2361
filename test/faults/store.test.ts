import { X509Certificate } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { listMachines } from '../../src/store/machine.ts';
import { newUser, type User } from '../commands/cli.ts';

jest.setTimeout(300_000);

/** What changes the store and asks nobody; each is done to a machine "dev", beside which there is "other". */
const VERBS: readonly (readonly string[])[] = [
  ['protect', 'dev'],
  ['use', 'dev'],
  ['rm', '-y', 'dev'],
];

let users: User[] = [];

beforeEach(() => {
  users = [];
});

afterEach(() => Promise.all(users.map((user) => user.remove())));

async function newOne(): Promise<User> {
  const user = await newUser();
  users.push(user);
  await user.addReady('dev');
  await user.addReady('other');
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
async function atEach(words: readonly string[], fault: string): Promise<string[]> {
  const operations = await operationsOf(words);
  const found: string[] = [];
  const queue = [...operations];
  const lane = async () => {
    for (let operation = queue.shift(); operation !== undefined; operation = queue.shift()) {
      const wrong = await suffer(words, { [fault]: operation });
      found.push(...wrong.map((each) => `${words[0]}, ${operation}: ${each}`));
    }
  };
  await Promise.all([lane(), lane(), lane()]);
  expect(operations.length).toBeGreaterThan(2);
  return found;
}

async function suffer(words: readonly string[], faults: NodeJS.ProcessEnv): Promise<string[]> {
  const user = await newOne();
  const other = await readFile(user.store.machine('other').record, 'utf8');
  const { code, stderr } = await faulty(user, words, faults);
  const isFull = faults.SLIPWAY_FAULT_FULL !== undefined;
  const rude = isFull && code !== 0 && !/^Error: \S/m.test(stderr) ? [`it said: ${stderr}`] : [];
  const fault = /has a fault|^\s+at /m.test(stderr) ? [`it said: ${stderr}`] : [];
  const wrong = await wrongIn(user, other);
  const again = await user.slipway(...words);
  const done = again.code === 0 || again.stderr.includes('There is no machine "dev"');
  const drafts = (await readdir(user.store.root, { recursive: true })).filter((path) => path.endsWith('.draft'));
  const after = await wrongIn(user, other);
  return [...rude, ...fault, ...wrong, ...(done ? [] : [`again: ${again.stderr}`]), ...drafts, ...after];
}

test.each(VERBS.map((words) => [words[0] ?? '', words] as const))(
  'on a disk that gets full at any write, "%s" says a sentence and loses nothing',
  async (_, words) => {
    expect(await atEach(words, 'SLIPWAY_FAULT_FULL')).toEqual([]);
  },
);

test.each(VERBS.map((words) => [words[0] ?? '', words] as const))(
  'killed at any write, "%s" loses nothing',
  async (_, words) => {
    expect(await atEach(words, 'SLIPWAY_FAULT_BEFORE')).toEqual([]);
  },
);

test('of many commands at once on one machine none is lost, and each lock is given back', async () => {
  const user = await newOne();
  const other = await readFile(user.store.machine('other').record, 'utf8');
  const lines = Array.from({ length: 20 }, (_, n) => [n % 2 === 0 ? 'protect' : 'unprotect', 'dev']);
  const results = await Promise.all(lines.map((words) => user.slipway(...words)));
  expect(results.filter(({ code }) => code !== 0)).toEqual([]);
  expect(await wrongIn(user, other)).toEqual([]);
  expect(await readdir(user.store.locks)).toEqual([]);
  await rm(user.store.locks, { recursive: true });
});
