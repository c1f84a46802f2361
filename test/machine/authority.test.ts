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
  const module = (path: string) => JSON.stringify(resolve('src', path));
  const text = `
    import { currentAuthority } from ${module('machine/authority.ts')};
    import { layout } from ${module('store/layout.ts')};
    import { storeId } from ${module('store/identity.ts')};
    import { withLock } from ${module('store/lock.ts')};
    const store = layout(${JSON.stringify(store)});
    await withLock(store.locks, ${JSON.stringify(name)}, async () => {
      const { id, ca, client } = await currentAuthority({ store, env: process.env, report: () => undefined });
      console.log(JSON.stringify({ store: await storeId(store), id, ca: ca.cert, client: client.cert }));
    });`;
  const node = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', text];
  return run(process.execPath, node, { env: { ...process.env, ...env } });
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

test('whatever it is killed at while it makes the authority, the next use leaves one and no more', async () => {
  const journal = join(home, 'journal');
  const faults = (store: string, more: NodeJS.ProcessEnv) => ({
    SLIPWAY_HOME: store,
    NODE_OPTIONS: `--import=${resolve('test/faults/kill.mjs')}`,
    ...more,
  });
  await firstUse(join(home, 'whole'), 'dev', faults(join(home, 'whole'), { SLIPWAY_FAULT_JOURNAL: journal }));
  const operations = (await readFile(journal, 'utf8')).trimEnd().split('\n');
  expect(operations.length).toBeGreaterThan(10);
  const left = operations.map(async (operation, number) => {
    const store = join(home, String(number));
    const killed = await firstUse(store, 'dev', faults(store, { SLIPWAY_FAULT_BEFORE: operation }));
    const { stdout, stderr } = await firstUse(store, 'dev');
    const { id } = JSON.parse(stdout || '{}');
    const files = (await filesIn(store)).map((file) => file.replace(id, 'ID')).sort();
    return { operation, code: killed.code, stderr, files };
  });
  expect(await Promise.all(left)).toEqual(
    operations.map((operation) => ({
      operation,
      code: -1,
      stderr: '',
      files: WHOLE,
    })),
  );
}, 240_000);
