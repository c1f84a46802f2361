import { once } from 'node:events';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import qemu from '../../../src/drivers/qemu/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { findProgram } from '../../../src/program.ts';
import { newSite, type TestSite } from '../site.ts';
import { writeButtonImage } from './button.ts';

let place: TestSite;
let image: string;
const path = process.env.PATH;

beforeEach(async () => {
  place = await newSite();
  image = await writeButtonImage(join(place.root, 'button.img'));
});
afterEach(async () => {
  process.env.PATH = path;
  await place.remove();
});

const check = (flags: FlagValues) => qemu.driver({ 'qemu-image': image, ...flags }, place.site).check?.();

test('what can be made is found possible, and nothing is written', async () => {
  await check({ 'qemu-memory': 256 });
  expect(await readdir(place.root)).toEqual(['button.img']);
});

test.each([
  ['qemu-system-x86_64', 'apt-get install qemu-system-x86 qemu-utils'],
  ['qemu-img', 'apt-get install qemu-system-x86 qemu-utils'],
])('where %s is missing, it says what to install', async (program, hint) => {
  const bin = join(place.root, 'bin');
  await mkdir(bin);
  for (const each of ['qemu-system-x86_64', 'qemu-img'].filter((name) => name !== program)) {
    await symlink((await findProgram(each)) ?? '', join(bin, each));
  }
  process.env.PATH = bin;
  await expect(check({ 'qemu-arch': 'x86_64', 'qemu-memory': 256 })).rejects.toMatchObject({
    code: 'missing-program',
    message: `The program "${program}", which runs machines here, is not installed`,
    hint: `Install QEMU: ${hint}`,
  });
});

test('more memory than there is, is refused', async () => {
  await expect(check({ 'qemu-memory': 1024 * 1024 })).rejects.toMatchObject({ code: 'unsupported' });
});

test('an image that is not there is refused', async () => {
  await expect(check({ 'qemu-image': join(place.root, 'nowhere.qcow2') })).rejects.toMatchObject({
    code: 'bad-input',
    message: `The image "${join(place.root, 'nowhere.qcow2')}" cannot be read`,
  });
});

test('a port that something listens on cannot be published', async () => {
  const taker = createServer().listen(0, '127.0.0.1');
  await once(taker, 'listening');
  const { port } = taker.address() as AddressInfo;
  await expect(check({ 'qemu-memory': 256, 'qemu-publish': [`${port}:80`] })).rejects.toMatchObject({
    code: 'refused',
    message: `The port "127.0.0.1:${port}" cannot be published`,
  });
  taker.close();
});
