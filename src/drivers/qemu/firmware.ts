import { access } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import type { Arch } from './settings.ts';

/** Where distributions and Homebrew put UEFI firmware for arm64 machines. */
const PLACES = [
  '/usr/share/AAVMF/AAVMF_CODE.fd',
  '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
  '/usr/share/edk2/aarch64/QEMU_EFI.fd',
  '/usr/share/qemu/edk2-aarch64-code.fd',
  '/opt/homebrew/share/qemu/edk2-aarch64-code.fd',
  '/usr/local/share/qemu/edk2-aarch64-code.fd',
];

/**
 * The firmware to name to QEMU; undefined where the one inside it will do.
 * @throws SlipwayError `missing-program` when the machine needs one and none is there
 */
export async function firmwareFor(arch: Arch, given: string | undefined, places = PLACES): Promise<string | undefined> {
  if (given === undefined && arch === 'x86_64') return undefined;
  for (const place of given === undefined ? places : [given]) {
    if (await isReadable(place)) return place;
  }
  if (given !== undefined) throw new SlipwayError('bad-input', `The firmware "${given}" cannot be read`);
  throw new SlipwayError('missing-program', 'An arm64 machine needs UEFI firmware, and there is none', {
    hint: 'Install it (apt-get install qemu-efi-aarch64, brew install qemu), or name it with --qemu-firmware FILE',
  });
}

async function isReadable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
