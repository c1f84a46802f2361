import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checksumIn } from '../../../src/drivers/qemu/cloud.ts';
import { download, fetchText } from '../../../src/drivers/qemu/download.ts';
import { sentenceOf } from '../../../src/errors.ts';
import { type FileServer, type Manner, startFileServer } from './server.ts';

const content = randomBytes(3_000_000);
const right = { algorithm: 'sha512', hex: createHash('sha512').update(content).digest('hex') } as const;
let folder: string;
let server: FileServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-download-'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function serve(...manners: Manner[]): Promise<void> {
  server = await startFileServer(content, manners);
}

function order(signal?: AbortSignal) {
  const [to, part] = [join(folder, 'disk'), join(folder, 'disk.part')];
  return { url: server.url, checksum: right, to, part, note: () => undefined, signal };
}

test('a file that is what its checksum says appears as a whole', async () => {
  await serve('whole');
  await download(order());
  expect(await readdir(folder)).toEqual(['disk']);
  expect(content.equals(await readFile(join(folder, 'disk')))).toBe(true);
});

test('half a download is noticed, not used, and continued', async () => {
  await serve('half', 'whole');
  await expect(download(order())).rejects.toMatchObject({ code: 'failed' });
  expect(await readdir(folder)).toEqual(['disk.part']);
  const { size } = await stat(join(folder, 'disk.part')); // half, or less where a piece of it was still on its way
  expect(size).toBeGreaterThan(0);
  await download(order());
  expect(server.asked).toEqual(['all', `bytes=${size}-`]);
  expect(await readdir(folder)).toEqual(['disk']);
});

test('a server that knows no ranges sends all of it again', async () => {
  await serve('half', 'no-ranges');
  await expect(download(order())).rejects.toMatchObject({ code: 'failed' });
  await download(order());
  expect(content.equals(await readFile(join(folder, 'disk')))).toBe(true);
});

test('what is complete is not fetched again', async () => {
  await serve('whole');
  await writeFile(join(folder, 'disk.part'), content);
  await download(order());
  expect(server.asked).toEqual([`bytes=${content.length}-`]);
  expect(await readdir(folder)).toEqual(['disk']);
});

test('a part of something else is noticed, and the next attempt begins anew', async () => {
  await serve('whole');
  await writeFile(join(folder, 'disk.part'), randomBytes(1000));
  await expect(download(order())).rejects.toMatchObject({ code: 'unsafe' });
  expect(await readdir(folder)).toEqual([]);
  await download(order());
  expect(await readdir(folder)).toEqual(['disk']);
});

test('a file with another checksum is thrown away', async () => {
  await serve('whole');
  const wrong = { algorithm: 'sha256', hex: '0'.repeat(64) } as const;
  await expect(download({ ...order(), checksum: wrong })).rejects.toMatchObject({
    code: 'unsafe',
    message: `What "${server.url}" gave is not what its checksum says, and was thrown away`,
  });
  expect(await readdir(folder)).toEqual([]);
});

test('an answer that is none is told', async () => {
  await serve('missing');
  const error = await download(order()).catch((caught: unknown) => caught);
  expect(sentenceOf(error)).toBe(`"${server.url}" cannot be downloaded: the server answered 404 Not Found`);
});

test('a server that says nothing is given up soon', async () => {
  await serve('silent');
  const error = await fetchText(server.url).catch((caught: unknown) => caught);
  expect(sentenceOf(error)).toBe(`"${server.url}" cannot be downloaded: the server went silent`);
});

test('a server that stops in the middle is given up', async () => {
  await serve('stall');
  const error = await download(order()).catch((caught: unknown) => caught);
  expect(sentenceOf(error)).toBe(`"${server.url}" cannot be downloaded: the server went silent`);
});

test('an interrupted download says so', async () => {
  await serve('stall');
  await expect(download(order(AbortSignal.timeout(300)))).rejects.toMatchObject({ code: 'interrupted' });
});

test('the checksum of one file is found in a list of many', async () => {
  await serve('whole');
  const list = `${'a'.repeat(128)}  other.qcow2\n${'b'.repeat(64)} *disk.img\n${'c'.repeat(64)}  disk.img.txt\n`;
  expect(checksumIn(list, 'disk.img', 'SUMS')).toBe('b'.repeat(64));
  expect(() => checksumIn(list, 'disk', 'SUMS')).toThrow('"SUMS" has no checksum of "disk"');
});
