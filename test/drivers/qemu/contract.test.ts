import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import qemu from '../../../src/drivers/qemu/index.ts';
import { driverContract } from '../contract.ts';
import { newSite } from '../site.ts';
import { writeButtonImage } from './button.ts';
import { leftOf } from './left.ts';

const folder = await mkdtemp(join(tmpdir(), 'slipway-button-'));
const image = await writeButtonImage(join(folder, 'button.img'));
afterAll(() => rm(folder, { recursive: true, force: true }));

driverContract({
  name: 'qemu',
  module: qemu,
  good: { 'qemu-image': image, 'qemu-memory': 256, 'qemu-cpus': 1, 'qemu-disk-size': 4, 'qemu-accel': 'tcg' },
  bad: {
    'no processors': { 'qemu-cpus': 0 },
    'half a processor': { 'qemu-cpus': 1.5 },
    'little memory': { 'qemu-memory': 1 },
    'a disk too small': { 'qemu-disk-size': 1 },
    'an image that is none': { 'qemu-image': 'windows-95' },
    'a URL without checksum': { 'qemu-image': 'https://example.org/disk.qcow2' },
    'a checksum too short': { 'qemu-image': 'https://example.org/disk.qcow2#sha512:abc' },
    'a checksum of a known image': { 'qemu-image': 'debian-12', 'qemu-image-checksum': `sha256:${'0'.repeat(64)}` },
    'a port that is none': { 'qemu-publish': ['8080'] },
    'a port too high': { 'qemu-publish': ['8080:65536'] },
    'more than a port': { 'qemu-publish': ['8080:80,guestfwd=tcp:1.2.3.4:1-cmd:id'] },
    'an unknown accelerator': { 'qemu-accel': 'warp' },
    'an unknown architecture': { 'qemu-arch': 'vax' },
  },
  site: () => newSite(),
  left: leftOf,
});
