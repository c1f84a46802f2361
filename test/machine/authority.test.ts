import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { output, run } from '../../src/program.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-authority-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Another process that uses the authority of a store, as the first command of a new one does. */
function firstUse(store: string, name: string, env: NodeJS.ProcessEnv = {}) {
  return node(`console.log(JSON.stringify(await use(${JSON.stringify(store)}, ${JSON.stringify(name)})));`, env);
}

/** Runs statements in another process; in them `use` uses the authority of a store. */
function node(statements: string, env: NodeJS.ProcessEnv) {
  const module = (path: string) => JSON.stringify(resolve('src', path));
  const text = `
    import { currentAuthority } from ${module('machine/authority.ts')};
    import { layout } from ${module('store/layout.ts')};
    import { storeId } from ${module('store/identity.ts')};
    import { withLock } from ${module('store/lock.ts')};
    const use = (root, name) => {
      const store = layout(root);
      return withLock(store.locks, name, async () => {
        const { id, ca, client } = await currentAuthority({ store, env: process.env, report: () => undefined });
        return { store: await storeId(store), id, ca: ca.cert, client: client.cert };
      });
    };
    ${statements}`;
  const words = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', text];
  return run(process.execPath, words, { env: { ...process.env, ...env } });
}

const filesIn = async (store: string) => {
  const entries = await readdir(store, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(store.length + 1));
};

const WHOLE = ['authorities/ID/authority.pem', 'authorities/ID/client.pem', 'authorities/current', 'id'];

test('of twenty processes that come to a new store at once, one makes the authority, and all use it', async () => {
  const store = join(home, 'store');
  const uses = await Promise.all(Array.from({ length: 20 }, (_, n) => firstUse(store, `m${n}`)));
  expect(uses.map(({ stderr }) => stderr)).toEqual(uses.map(() => ''));
  expect(new Set(uses.map(({ stdout }) => stdout)).size).toBe(1);
  const { id, ca, client } = JSON.parse(uses[0]?.stdout ?? '');
  expect(new X509Certificate(client).checkIssued(new X509Certificate(ca))).toBe(true);
  expect((await filesIn(store)).map((file) => file.replace(id, 'ID')).sort()).toEqual(WHOLE);
  const pem = (file: string) => join(store, 'authorities', id, file);
  expect(await output('openssl', ['verify', '-CAfile', pem('authority.pem'), pem('client.pem')])).toContain('OK');
}, 120_000);

const faults = (store: string, more: NodeJS.ProcessEnv) => ({
  SLIPWAY_HOME: store,
  NODE_OPTIONS: `--import=${resolve('test/faults/kill.mjs')}`,
  ...more,
});

/** What is done to files when an authority is made, in that order. */
async function operationsOfFirstUse(): Promise<string[]> {
  const journal = join(home, 'journal');
  await firstUse(join(home, 'whole'), 'dev', faults(join(home, 'whole'), { SLIPWAY_FAULT_JOURNAL: journal }));
  const operations = (await readFile(journal, 'utf8')).trimEnd().split('\n');
  expect(operations.length).toBeGreaterThan(10);
  return operations;
}

const wholeWith = async (store: string, id: string) =>
  (await filesIn(store)).map((file) => file.replace(id, 'ID')).sort();

test('whatever it is killed at while it makes the authority, the next use leaves one and no more', async () => {
  const operations = await operationsOfFirstUse();
  const stores = operations.map((_, number) => join(home, String(number)));
  const killed = operations.map((operation, number) =>
    firstUse(stores[number] ?? '', 'dev', faults(stores[number] ?? '', { SLIPWAY_FAULT_BEFORE: operation })),
  );
  expect((await Promise.all(killed)).map(({ code }) => code)).toEqual(operations.map(() => -1));
  const each = `for (const store of ${JSON.stringify(stores)}) console.log((await use(store, 'dev')).id);`;
  const { stdout, stderr } = await node(each, {});
  expect(stderr).toBe('');
  const ids = stdout.trimEnd().split('\n');
  const left = await Promise.all(stores.map((store, number) => wholeWith(store, ids[number] ?? '')));
  expect(left).toEqual(operations.map(() => WHOLE));
}, 240_000);

test('on a disk that gets full at any write while it makes the authority, it says so, and the next use leaves one', async () => {
  const operations = (await operationsOfFirstUse()).filter((each) => NEEDS_SPACE.test(each));
  const store = join(home, 'full');
  const statements = `
    import { rename } from 'node:fs/promises';
    for (const [number, operation] of ${JSON.stringify(operations)}.entries()) {
      process.env.SLIPWAY_FAULT_FULL = operation;
      const said = await use(${JSON.stringify(store)}, 'dev').then(() => 'nothing', (error) => String(error.code));
      delete process.env.SLIPWAY_FAULT_FULL;
      const { id } = await use(${JSON.stringify(store)}, 'dev');
      await rename(${JSON.stringify(store)}, ${JSON.stringify(home)} + '/full-' + number);
      console.log(said, id);
    }`;
  const { stdout, stderr } = await node(statements, faults(store, {}));
  expect(stderr).toBe('');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  expect(lines.map(([said]) => said)).toEqual(operations.map(() => 'ENOSPC'));
  const left = await Promise.all(lines.map(([, id = ''], number) => wholeWith(join(home, `full-${number}`), id)));
  expect(left).toEqual(operations.map(() => WHOLE));
}, 240_000);

/** Of what test/faults/kill.mjs names. */
const NEEDS_SPACE = /^(handle\.)?(append|copy|link|mkdir|open|write|symlink|rename)/i;
