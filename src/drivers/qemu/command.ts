import { join } from 'node:path';
import type { Accelerator } from './accelerator.ts';
import type { Definition } from './definition.ts';
import type { MachineFiles } from './files.ts';
import { type Forward, hostfwd } from './forwards.ts';
import { guestName, runArgs } from './guest.ts';
import type { Arch } from './settings.ts';

export interface Boot {
  /** Of the instance: it tells this QEMU from others. */
  readonly key: string;
  /** The run of a CI system that made it. */
  readonly run?: string;
  readonly definition: Definition;
  readonly files: MachineFiles;
  readonly accelerator: Accelerator;
  readonly firmware?: string;
  readonly forwards: readonly Forward[];
}

/** The program that runs machines of this architecture. */
export function qemuProgram(arch: Arch): string {
  return `qemu-system-${arch}`;
}

/**
 * The arguments of QEMU. It runs in the machine's folder and is told names within it: a socket's path may not be long,
 * and a comma in a path would need care.
 */
export function qemuArgs({ key, run, definition, files, accelerator, firmware, forwards }: Boot): string[] {
  const { arch, cpus, memory } = definition.settings;
  return [
    ['-name', guestName(key)],
    run === undefined ? [] : runArgs(run),
    ['-machine', arch === 'aarch64' ? 'virt' : 'q35'],
    accelerator.args,
    ['-smp', String(cpus)],
    ['-m', String(memory)],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    firmware === undefined ? [] : ['-bios', firmware],
    kernel(definition),
    disks(files),
    network(forwards),
    ['-device', 'virtio-rng-pci'],
    ['-chardev', 'file,id=console,path=console.log,append=on', '-serial', 'chardev:console'],
    ['-qmp', 'unix:qmp,server=on,wait=off'],
  ].flat();
}

/** An image with a kernel of its own is one file system, without boot loader or partitions. */
function kernel({ image, settings }: Definition): string[] {
  if (image.kernel === undefined) return [];
  const console = settings.arch === 'aarch64' ? 'ttyAMA0' : 'ttyS0';
  return [
    ['-kernel', join(image.folder, image.kernel.file)],
    ['-initrd', join(image.folder, image.kernel.initrd)],
    ['-append', `root=/dev/vda rw console=${console}`],
  ].flat();
}

function disks(files: MachineFiles): string[] {
  const disk = {
    driver: 'qcow2',
    'node-name': 'disk',
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: 'disk.qcow2' },
  };
  const seed = { driver: 'vvfat', 'node-name': 'seed', dir: files.seed, label: 'CIDATA', 'read-only': true };
  return [
    ['-blockdev', JSON.stringify(disk), '-device', 'virtio-blk-pci,drive=disk'],
    ['-blockdev', JSON.stringify(seed), '-device', 'virtio-blk-pci,drive=seed'],
  ].flat();
}

function network(forwards: readonly Forward[]): string[] {
  const netdev = ['user', 'id=net', ...forwards.map(hostfwd)].join(',');
  return ['-netdev', netdev, '-device', 'virtio-net-pci,netdev=net,romfile='];
}
