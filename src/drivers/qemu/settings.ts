import { SlipwayError } from '../../errors.ts';
import type { FlagSpecs, FlagValues } from '../../flags.ts';
import { integer, list, text } from '../values.ts';
import { type Forward, published } from './forwards.ts';
import { type ImageSource, imageSource } from './source.ts';

export const flags: FlagSpecs = {
  'qemu-cpus': { kind: 'integer', summary: 'Processors of the machine', env: 'SLIPWAY_QEMU_CPUS', default: 2 },
  'qemu-memory': { kind: 'integer', summary: 'Memory in MiB', env: 'SLIPWAY_QEMU_MEMORY', default: 2048 },
  'qemu-disk-size': {
    kind: 'integer',
    summary: 'Size of the disk in GiB; it takes up only what is written to it',
    env: 'SLIPWAY_QEMU_DISK_SIZE',
    default: 20,
  },
  'qemu-image': {
    kind: 'string',
    summary: 'debian-12, ubuntu-24.04, build, build-without-engine, a URL with a checksum (#sha512:HEX), or a file',
    env: 'SLIPWAY_QEMU_IMAGE',
    default: 'debian-12',
  },
  'qemu-image-checksum': {
    kind: 'string',
    summary: 'Of the image at a URL or in a file: sha512:HEX or sha256:HEX',
    env: 'SLIPWAY_QEMU_IMAGE_CHECKSUM',
  },
  'qemu-publish': {
    kind: 'string',
    multiple: true,
    summary: 'A port of the machine to offer on this computer: [ADDRESS:]HOST:GUEST[/tcp|/udp]',
    env: 'SLIPWAY_QEMU_PUBLISH',
  },
  'qemu-accel': {
    kind: 'string',
    choices: ['auto', 'kvm', 'hvf', 'tcg'],
    summary: "The processor's own virtualization, or emulation in software (tcg)",
    env: 'SLIPWAY_QEMU_ACCEL',
    default: 'auto',
  },
  'qemu-arch': {
    kind: 'string',
    choices: ['x86_64', 'aarch64'],
    summary: "The machine's architecture; without it this computer's",
    env: 'SLIPWAY_QEMU_ARCH',
  },
  'qemu-firmware': {
    kind: 'string',
    path: true,
    summary: 'UEFI firmware to boot with; without it what QEMU has (x86_64), or what is installed (aarch64)',
    env: 'SLIPWAY_QEMU_FIRMWARE',
  },
};

export type Arch = 'x86_64' | 'aarch64';
export type AccelChoice = 'auto' | 'kvm' | 'hvf' | 'tcg';

/** What the flags say, understood. */
export interface Settings {
  readonly arch: Arch;
  readonly cpus: number;
  /** In MiB. */
  readonly memory: number;
  /** In GiB. */
  readonly diskSize: number;
  readonly image: ImageSource;
  readonly accel: AccelChoice;
  readonly firmware?: string;
  readonly publish: readonly Forward[];
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const firmware = text(values, 'qemu-firmware');
  return {
    arch: oneOf(values, 'qemu-arch', ['x86_64', 'aarch64']) ?? hostArch(),
    cpus: integer(values, 'qemu-cpus', { least: 1, most: 255 }) ?? 2,
    memory: integer(values, 'qemu-memory', { least: 256, most: 1024 * 1024 }) ?? 2048,
    diskSize: integer(values, 'qemu-disk-size', { least: 4, most: 16 * 1024 }) ?? 20,
    image: imageSource(text(values, 'qemu-image') ?? 'debian-12', text(values, 'qemu-image-checksum')),
    accel: oneOf(values, 'qemu-accel', ['auto', 'kvm', 'hvf', 'tcg']) ?? 'auto',
    ...(firmware === undefined ? {} : { firmware }),
    publish: list(values, 'qemu-publish').map(published),
  };
}

/** This computer's architecture, where it is one that machines can have; else that of most. */
export function hostArch(): Arch {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

function oneOf<T extends string>(values: FlagValues, flag: string, choices: readonly T[]): T | undefined {
  const given = text(values, flag);
  if (given === undefined) return undefined;
  const choice = choices.find((each) => each === given);
  if (choice !== undefined) return choice;
  throw new SlipwayError('bad-input', `--${flag} takes one of ${choices.join(', ')}, not "${given}"`);
}
