import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepImage } from '../../../src/drivers/qemu/image.ts';
import { obtainImage } from '../../../src/drivers/qemu/images.ts';
import { imageSource } from '../../../src/drivers/qemu/source.ts';
import { newSite, type TestSite } from '../site.ts';
import { writeButtonImage } from './button.ts';
import { startFileServer } from './server.ts';

const runFile = promisify(execFile);
let place: TestSite;
let disk: string;

beforeEach(async () => {
  place = await newSite();
  disk = await writeButtonImage(join(place.root, 'disk.img'));
});
afterEach(() => place.remove());

const obtain = (value: string, checksum?: string) => obtainImage(place.site, imageSource(value, checksum), 'x86_64');

describe('a file', () => {
  test('is copied, and nobody can write to the copy', async () => {
    const image = await obtain(disk);
    const copy = join(image.folder, image.disk.file);
    expect(image).toMatchObject({ arch: 'x86_64', origin: disk, disk: { format: 'raw' } });
    expect((await readFile(disk)).equals(await readFile(copy))).toBe(true);
    expect((await stat(copy)).mode & 0o777).toBe(0o444);
    expect(place.notes).toEqual([`using the image ${disk}`]);
  });

  test('is copied once, and again when it has changed', async () => {
    const first = await obtain(disk);
    expect((await obtain(disk)).folder).toBe(first.folder);
    await writeFile(disk, Buffer.concat([await readFile(disk), Buffer.alloc(512)]));
    expect((await obtain(disk)).folder).not.toBe(first.folder);
  });

  test('is what its checksum says', async () => {
    const hex = createHash('sha256')
      .update(await readFile(disk))
      .digest('hex');
    await expect(obtain(disk, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'unsafe' });
    expect(await readdir(place.site.cache)).toEqual([]);
    await obtain(disk, `sha256:${hex}`);
  });

  test('in qcow2 is known as such', async () => {
    const qcow2 = join(place.root, 'disk.qcow2');
    await runFile('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', disk, qcow2]);
    expect((await obtain(qcow2)).disk.format).toBe('qcow2');
  });

  test('that refers to a file of this computer is refused', async () => {
    const trap = join(place.root, 'trap.qcow2');
    await runFile('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/passwd', trap]);
    await expect(obtain(trap)).rejects.toMatchObject({
      code: 'bad-input',
      message: `The image "${trap}" is not whole: it refers to another file`,
    });
  });

  test('that is no disk is refused', async () => {
    const text = join(place.root, 'text.img');
    await writeFile(text, 'x'.repeat(4096));
    await expect(obtain(text)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(obtain(place.root)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(obtain(join(place.root, 'nowhere.img'))).rejects.toMatchObject({ code: 'bad-input' });
    expect(await readdir(place.site.cache)).toEqual([]);
  });
});

describe('a URL', () => {
  test('is fetched once, and a half download is never an image', async () => {
    const content = await readFile(disk);
    const hex = createHash('sha512').update(content).digest('hex');
    const server = await startFileServer(content, ['half', 'whole']);
    try {
      await expect(obtain(`${server.url}#sha512:${hex}`)).rejects.toMatchObject({ code: 'failed' });
      expect((await readdir(place.site.cache)).filter((name) => !name.endsWith('.part'))).toEqual([]);
      const image = await obtain(server.url, `sha512:${hex}`);
      expect((await readFile(join(image.folder, 'disk'))).equals(content)).toBe(true);
      await obtain(server.url, `sha512:${hex}`);
      expect(server.asked).toEqual(['all', expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
      expect(await readdir(place.site.cache)).toHaveLength(1);
    } finally {
      await server.stop();
    }
  });
});

describe('an image that is being made', () => {
  const content = { version: 1, arch: 'x86_64', origin: 'here', disk: { file: 'disk', format: 'raw' } } as const;

  test('is made once, whoever else wants it meanwhile', async () => {
    let made = 0;
    const make = () =>
      keepImage(place.site, 'one', async (draft) => {
        made += 1;
        await writeFile(join(draft, 'disk'), 'a disk');
        return content;
      });
    const images = await Promise.all([make(), make(), make()]);
    expect(made).toBe(1);
    expect(new Set(images.map(({ folder }) => folder))).toEqual(new Set([join(place.site.cache, 'one')]));
  });

  test('clears away what a killed maker left', async () => {
    const left = join(place.site.cache, 'one.draft');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'disk'), 'half a disk');
    await chmod(join(left, 'disk'), 0o444);
    await keepImage(place.site, 'one', async (draft) => {
      expect(await readdir(draft)).toEqual([]);
      return content;
    });
    expect(await readdir(place.site.cache)).toEqual(['one']);
  });
});

describe('where nothing can be downloaded or built', () => {
  test('both reasons are told', async () => {
    const script = `
      import { obtainImage } from ${JSON.stringify(new URL('../../../src/drivers/qemu/images.ts', import.meta.url).href)};
      const site = { cache: ${JSON.stringify(place.site.cache)}, note() {} };
      const failure = await obtainImage(site, { kind: 'cloud', name: 'debian-12' }, 'x86_64').catch((error) => error);
      process.stdout.write(JSON.stringify([failure.message, failure.cause.errors.map(({ message }) => message)]));`;
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1', PATH: place.root };
    const { stdout } = await runFile(process.execPath, ['--input-type=module', '-e', script], { env });
    expect(JSON.parse(stdout)).toEqual([
      'There is no way to get the image "debian-12"',
      [
        '"https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS" cannot be downloaded',
        'The program "mmdebstrap", which builds images, is not installed',
      ],
    ]);
  });
});
