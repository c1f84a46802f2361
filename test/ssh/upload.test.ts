import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sentenceOf } from '../../src/errors.ts';
import { type Connection, connect } from '../../src/ssh/index.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { cable } from './listeners.ts';
import { targetOf } from './target.ts';

let sshd: Sshd;
let connection: Connection;
let folder: string;

beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect(targetOf(sshd));
  folder = join(sshd.folder, 'files');
  await mkdir(folder);
});

afterAll(async () => {
  connection.close();
  await sshd.remove();
});

describe('a file that is uploaded', () => {
  test('arrives with every byte and its mode', async () => {
    const content = randomBytes(3_000_000);
    await connection.upload(join(folder, 'bytes'), content, { mode: 0o755 });
    expect((await readFile(join(folder, 'bytes'))).equals(content)).toBe(true);
    expect((await stat(join(folder, 'bytes'))).mode & 0o7777).toBe(0o755);
  });

  test('is open to its user only where nothing else is said', async () => {
    await connection.upload(join(folder, 'secret'), 'secret');
    expect((await stat(join(folder, 'secret'))).mode & 0o7777).toBe(0o600);
  });

  test('replaces another, even a read-only one, also by nothing', async () => {
    const path = join(folder, 'old');
    await writeFile(path, 'old');
    await chmod(path, 0o400);
    await connection.upload(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    await connection.upload(path, '');
    expect(await readFile(path, 'utf8')).toBe('');
  });

  test.each(["it's", 'a b', '$(touch ran)', '-rf', 'new\nline', 'ünïcödé 🐳'])('may be named %j', async (name) => {
    await connection.upload(join(folder, name), name);
    expect(await readFile(join(folder, name), 'utf8')).toBe(name);
    expect(await readdir(folder)).not.toContain('ran');
  });

  test('says what is wrong where it cannot be written, and leaves nothing', async () => {
    const before = await readdir(folder);
    const nowhere = await connection.upload(join(folder, 'none', 'file'), 'x').catch(sentenceOf);
    expect(nowhere).toContain(`"${join(folder, 'none', 'file')}" could not be written on`);
    expect(nowhere).toContain('No such file or directory');
    expect(await connection.upload(folder, 'x').catch(sentenceOf)).toContain('it is a folder');
    expect(await readdir(folder)).toEqual(before);
  });
});

test('a connection that is lost in the middle leaves the old file, and no draft', async () => {
  const wire = await cable(sshd.port);
  const weak = await connect(targetOf(sshd, { port: wire.port }));
  const path = join(folder, 'kept');
  await connection.upload(path, 'the old content');
  const upload = weak.upload(path, Buffer.alloc(200_000_000)).catch(sentenceOf);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await wire.close();
  expect(await upload).toContain('was lost');
  await connection.run(`i=0; while ls ${folder} | grep -q kept[.] && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done`);
  expect(await readFile(path, 'utf8')).toBe('the old content');
  expect((await readdir(folder)).filter((name) => name.startsWith('kept'))).toEqual(['kept']);
});
