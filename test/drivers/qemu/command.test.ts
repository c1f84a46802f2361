import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Boot, qemuArgs } from '../../../src/drivers/qemu/command.ts';
import { filesOf } from '../../../src/drivers/qemu/files.ts';
import { firmwareFor } from '../../../src/drivers/qemu/firmware.ts';
import { ownForwards } from '../../../src/drivers/qemu/forwards.ts';
import type { Arch } from '../../../src/drivers/qemu/settings.ts';

const emulation = { args: ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'], reason: '' };

function bootOf(arch: Arch, kernel: boolean): Boot {
  const image = {
    version: 1,
    arch,
    origin: 'a test',
    folder: '/cache/an, image',
    disk: { file: 'disk', format: 'raw' },
    ...(kernel ? { kernel: { file: 'vmlinuz', initrd: 'initrd' } } : {}),
  } as const;
  const settings = { arch, cpus: 3, memory: 640, diskSize: 20, accel: 'tcg', publish: [] } as const;
  return {
    key: 'slipway-1-dev',
    definition: { version: 1, key: 'slipway-1-dev', user: 'slipway', image, settings },
    files: filesOf('/store/a, folder'),
    accelerator: emulation,
    forwards: ownForwards(),
  };
}

/** The word after this one. */
function wordAfter(args: readonly string[], option: string): string | undefined {
  return args.includes(option) ? args[args.indexOf(option) + 1] : undefined;
}

describe('the words for QEMU', () => {
  test('boot the disk of a cloud image', () => {
    const args = qemuArgs(bootOf('x86_64', false));
    expect(wordAfter(args, '-name')).toBe('guest=slipway-1-dev');
    expect(wordAfter(args, '-machine')).toBe('q35');
    expect(wordAfter(args, '-smp')).toBe('3');
    expect(wordAfter(args, '-m')).toBe('640');
    expect(wordAfter(args, '-kernel')).toBeUndefined();
    expect(wordAfter(args, '-bios')).toBeUndefined();
  });

  test('boot the kernel of a built image, with the console of its architecture', () => {
    const args = qemuArgs(bootOf('x86_64', true));
    expect(wordAfter(args, '-kernel')).toBe('/cache/an, image/vmlinuz');
    expect(wordAfter(args, '-initrd')).toBe('/cache/an, image/initrd');
    expect(wordAfter(args, '-append')).toBe('root=/dev/vda rw console=ttyS0');
    expect(wordAfter(qemuArgs(bootOf('aarch64', true)), '-append')).toBe('root=/dev/vda rw console=ttyAMA0');
  });

  test('give an arm64 machine its firmware', () => {
    const args = qemuArgs({ ...bootOf('aarch64', false), firmware: '/usr/share/AAVMF/AAVMF_CODE.fd' });
    expect(wordAfter(args, '-machine')).toBe('virt');
    expect(wordAfter(args, '-bios')).toBe('/usr/share/AAVMF/AAVMF_CODE.fd');
  });

  test('name a folder with a comma in a way that QEMU understands', () => {
    const seed = qemuArgs(bootOf('x86_64', false)).find((word) => word.includes('vvfat')) ?? '';
    expect(JSON.parse(seed)).toMatchObject({ dir: '/store/a, folder/seed', label: 'CIDATA', 'read-only': true });
  });
});

describe('the firmware', () => {
  test('of x86_64 is inside QEMU', async () => {
    expect(await firmwareFor('x86_64', undefined)).toBeUndefined();
  });

  test('of arm64 is the first that is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-firmware-'));
    const [missing, there] = [join(folder, 'missing'), join(folder, 'there')];
    await writeFile(there, '');
    expect(await firmwareFor('aarch64', undefined, [missing, there])).toBe(there);
    expect(await firmwareFor('x86_64', there)).toBe(there);
    await expect(firmwareFor('aarch64', undefined, [missing])).rejects.toMatchObject({ code: 'missing-program' });
    await expect(firmwareFor('aarch64', missing)).rejects.toMatchObject({ code: 'bad-input' });
    await rm(folder, { recursive: true });
  });
});
