import { once } from 'node:events';
import { readFile, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { output } from '../../program.ts';
import type { Site } from '../driver.ts';
import { chooseAccelerator } from './accelerator.ts';
import { obstacleToBuild } from './build.ts';
import { qemuProgram } from './command.ts';
import { firmwareFor } from './firmware.ts';
import type { Forward } from './forwards.ts';
import { imageFile, isKept } from './images.ts';
import type { Arch, Settings } from './settings.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
/** What a new machine writes to its disk before it is of any use, in bytes. */
const FOR_DISK = 1.5 * GIB;
/** What fetching or building an image takes, in bytes. */
const FOR_IMAGE = 3 * GIB;

/** Throws a sentence if no machine of these settings could be made here. Only reads. */
export async function checkHost(settings: Settings, site: Site): Promise<void> {
  const program = qemuProgram(settings.arch);
  await checkProgram(program, settings.arch);
  await checkProgram('qemu-img', settings.arch);
  await chooseAccelerator(settings.accel, settings.arch, program);
  await checkImage(settings);
  await checkMemory(settings.memory);
  for (const forward of settings.publish) await checkPort(forward);
  await checkSpace(site, (await isKept(site, settings.image, settings.arch)) ? FOR_DISK : FOR_DISK + FOR_IMAGE);
}

async function checkProgram(program: string, arch: Arch): Promise<void> {
  await output(program, ['--version']).catch((cause: unknown) => {
    throw new SlipwayError('missing-program', `The program "${program}", which runs machines here, is not installed`, {
      cause,
      hint: `Install QEMU: ${installQemu(arch)}`,
    });
  });
}

function installQemu(arch: Arch): string {
  if (process.platform === 'darwin') return 'brew install qemu';
  return `apt-get install ${arch === 'aarch64' ? 'qemu-system-arm' : 'qemu-system-x86'} qemu-utils`;
}

async function checkImage({ image, arch, firmware }: Settings): Promise<void> {
  if (image.kind === 'file') await imageFile(image.path);
  if (image.kind !== 'build') return void (await firmwareFor(arch, firmware));
  const obstacle = await obstacleToBuild(arch);
  if (obstacle) throw obstacle;
}

async function checkMemory(wanted: number): Promise<void> {
  const available = await availableMemory();
  if (wanted <= available) return;
  throw new SlipwayError('unsupported', `${wanted} MiB of memory are wanted, and only ${available} MiB are free`, {
    hint: 'Say --qemu-memory with less, or stop other machines',
  });
}

/** In MiB. Linux tells what can be had without swapping; elsewhere all that is built in. */
async function availableMemory(): Promise<number> {
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? Math.floor(totalmem() / MIB) : Math.floor(Number(kib) / 1024);
}

/** QEMU would tell too, but only when the disk is made. */
async function checkPort({ protocol, host, hostPort }: Forward): Promise<void> {
  if (protocol !== 'tcp') return;
  const server = createServer().listen(hostPort, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new SlipwayError('refused', `The port "${host}:${hostPort}" cannot be published`, {
      cause,
      hint: 'Choose another with --qemu-publish, or stop what listens there',
    });
  } finally {
    server.close();
  }
}

async function checkSpace(site: Site, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(await existing(site.folder));
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SlipwayError('unsupported', `There is too little space where "${site.folder}" is to be`, {
    cause: new Error(`${(free / GIB).toFixed(1)} GiB are free, ${(needed / GIB).toFixed(1)} GiB are needed`),
    hint: 'Remove machines that are not needed any more, or choose another --storage-path',
  });
}

/** The folder, or the nearest above it that is there. */
async function existing(folder: string): Promise<string> {
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  return there || dirname(folder) === folder ? folder : existing(dirname(folder));
}
