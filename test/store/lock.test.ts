import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { heldLocks, lockHolder, withLock } from '../../src/store/lock.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A process that runs this module's text with withLock in scope. */
function another(body: string): ChildProcess {
  const module = resolve('src/store/lock.ts');
  const text = `import { withLock } from ${JSON.stringify(module)};
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    const folder = ${JSON.stringify(folder)};
    ${body}`;
  const child = spawn('node', ['--no-warnings', '--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('close', done));
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((done) => child.stdout?.on('data', (data) => String(data).includes(word) && done()));
}

/** A process that had this pid once. */
function holderOf(pid: number) {
  return { pid, start: '1', host: hostname(), command: 'x', since: 'then' };
}

test('work under one name is done by one at a time, and no update is lost', async () => {
  const counter = join(folder, 'counter');
  await writeFile(counter, '0');
  const processes = Array.from({ length: 8 }, () =>
    another(`for (let i = 0; i < 10; i++) await withLock(folder, 'm', async () => {
      const n = Number(readFileSync('${counter}', 'utf8'));
      await delay(1);
      writeFileSync('${counter}', String(n + 1));
    }, { wait: 60_000 });`),
  );
  expect(await Promise.all(processes.map(ended))).toEqual(processes.map(() => 0));
  expect(await readFile(counter, 'utf8')).toBe('80');
  expect(await readdir(folder)).toEqual(['counter']);
});

test('two in one process exclude each other too', async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} in`);
    await new Promise((done) => setTimeout(done, 30));
    order.push(`${name} out`);
  };
  await Promise.all([withLock(folder, 'm', work('a')), withLock(folder, 'm', work('b'))]);
  expect(order.map((each) => each.split(' ')[1])).toEqual(['in', 'out', 'in', 'out']);
});

test('a hundred in one process come one after the other', async () => {
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 100 }, () =>
      withLock(folder, 'm', async () => {
        most = Math.max(most, ++inside);
        await new Promise((done) => setTimeout(done, 1));
        inside--;
      }),
    ),
  );
  expect(most).toBe(1);
});

test('who waits behind another of the same process waits no longer than asked, and can be interrupted', async () => {
  await withLock(folder, 'm', async () => {
    const late = withLock(folder, 'm', async () => undefined, { wait: 50 });
    await expect(late).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining(`${process.pid}`) });
    const controller = new AbortController();
    const given = withLock(folder, 'm', async () => undefined, { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: 'interrupted' });
  });
  expect(await withLock(folder, 'm', async () => 'mine', { wait: 50 })).toBe('mine');
});

test('a lock held by a living process names its holder', async () => {
  const child = another(`await withLock(folder, 'dev', async () => { console.log('held'); await delay(60_000); });`);
  await said(child, 'held');
  await expect(withLock(folder, 'dev', async () => undefined, { wait: 100 })).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  expect(await lockHolder(folder, 'dev')).toMatchObject({ pid: child.pid });
});

test('a lock left by a dead process is taken over at once', async () => {
  const child = another(`await withLock(folder, 'dev', async () => { console.log('held'); await delay(60_000); });`);
  await said(child, 'held');
  child.kill('SIGKILL');
  await ended(child);
  expect(await withLock(folder, 'dev', async () => 'mine', { wait: 0 })).toBe('mine');
  expect(await readdir(folder)).toEqual([]);
});

test('a pid that another process has now is not the holder', async () => {
  await symlink(JSON.stringify(holderOf(process.pid)), join(folder, `dev.${process.pid}-aaaaaaaaaaaa`));
  expect(await lockHolder(folder, 'dev')).toBeUndefined();
});

test('what dead processes left of other locks goes too, and what living ones hold stays', async () => {
  const child = another(`await withLock(folder, 'held', async () => { console.log('held'); await delay(60_000); });`);
  await said(child, 'held');
  await symlink(JSON.stringify(holderOf(process.pid)), join(folder, `_image.${process.pid}-aaaaaaaaaaaa`));
  await withLock(folder, 'dev', async () => undefined);
  expect((await readdir(folder)).map((file) => file.split('.')[0])).toEqual(['held']);
});

test('a lock is there as a whole or not at all: dying while it is made leaves nothing', async () => {
  const child = another(`for (;;) { console.log('again'); await withLock(folder, 'dev', async () => undefined); }`);
  await said(child, 'again');
  await new Promise((done) => setTimeout(done, 100));
  child.kill('SIGKILL');
  await ended(child);
  await withLock(folder, 'other', async () => undefined);
  expect(await readdir(folder)).toEqual([]);
});

test("what is no lock, though its name is one, is nobody's", async () => {
  await symlink('/somewhere/else', join(folder, `dev.${process.pid}-aaaaaaaaaaaa`));
  await writeFile(join(folder, `dev.${process.pid}-bbbbbbbbbbbb`), '');
  expect(await withLock(folder, 'dev', async () => 'mine')).toBe('mine');
  expect(await readdir(folder)).toEqual([]);
});

test('a command of any length can hold a lock', async () => {
  const argv = process.argv;
  process.argv = [...argv, '🐳'.repeat(10_000)];
  try {
    expect(await withLock(folder, 'dev', async () => 'mine')).toBe('mine');
  } finally {
    process.argv = argv;
  }
});

test('names that begin alike are different locks', async () => {
  await withLock(folder, 'dev', async () => {
    expect(await withLock(folder, 'dev.2', async () => 'in', { wait: 0 })).toBe('in');
    expect(await lockHolder(folder, 'de')).toBeUndefined();
  });
});

test('the lock is given back when the work fails', async () => {
  await expect(withLock(folder, 'dev', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lockHolder(folder, 'dev')).toBeUndefined();
});

test('all locks that living processes hold are told at once, those of dead ones not', async () => {
  await symlink(JSON.stringify(holderOf(process.pid)), join(folder, `web.1.${process.pid}-0123456789ab`));
  await withLock(folder, '_lease-web.1', async () => {
    const held = await heldLocks(folder);
    expect([...held.keys()]).toEqual(['_lease-web.1']);
    expect(held.get('_lease-web.1')).toMatchObject({ pid: process.pid });
  });
  expect(await heldLocks(folder)).toEqual(new Map());
  expect(await heldLocks(join(folder, 'not-there'))).toEqual(new Map());
});
