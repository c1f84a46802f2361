import { access, constants, readFile } from 'node:fs/promises';
import { SlipwayError, sentenceOf } from '../../errors.ts';
import { output } from '../../program.ts';
import { type AccelChoice, type Arch, hostArch } from './settings.ts';

export interface Accelerator {
  /** QEMU's arguments. */
  readonly args: readonly string[];
  /** Why this one, for the person who waits. */
  readonly reason: string;
}

/** Translated code is kept in at most 256 MiB, where QEMU alone would take 1 GiB for each machine. */
const EMULATION = ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'];
const TRIAL_LIMIT = 10_000;

/**
 * How the machine's processor is made. `auto` takes the computer's own virtualization where it is seen to work.
 * @throws SlipwayError `unsupported` when the one that was asked for does not work here
 */
export async function chooseAccelerator(choice: AccelChoice, arch: Arch, program: string): Promise<Accelerator> {
  if (choice === 'tcg') return { args: EMULATION, reason: 'emulating the processor in software, as asked' };
  const wanted = choice === 'auto' ? nativeOf(process.platform) : choice;
  const obstacle = await obstacleTo(wanted, arch, program);
  if (obstacle === undefined)
    return { args: ['-accel', wanted, '-cpu', 'host'], reason: `using ${wanted.toUpperCase()}` };
  if (choice === 'auto') return { args: EMULATION, reason: `emulating the processor in software: ${obstacle}` };
  throw new SlipwayError('unsupported', `This computer cannot run machines with "${choice}"`, {
    cause: new Error(obstacle),
    hint: 'Say --qemu-accel auto',
  });
}

function nativeOf(platform: NodeJS.Platform): 'kvm' | 'hvf' {
  return platform === 'darwin' ? 'hvf' : 'kvm';
}

/** Why this accelerator will not do, as the end of a sentence; undefined when it does. */
async function obstacleTo(accel: 'kvm' | 'hvf', arch: Arch, program: string): Promise<string | undefined> {
  if (arch !== hostArch()) return `the machine's architecture (${arch}) is not this computer's`;
  const obstacle = accel === 'kvm' ? await obstacleToKvm() : obstacleToHvf();
  return obstacle ?? (await trial(accel, program));
}

/**
 * /dev/kvm opens even on hosts where it only runs guest kernels made for it, and ordinary ones hang. On x86 the
 * processor's flags tell; on arm64 there is no such flag.
 */
async function obstacleToKvm(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'KVM is Linux only';
  if (process.arch === 'x64' && !/^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8'))) {
    return 'the processor shows no virtualization (neither vmx nor svm)';
  }
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => undefined,
    (error: unknown) => `/dev/kvm cannot be opened (${sentenceOf(error)}); are you in the group "kvm"?`,
  );
}

function obstacleToHvf(): string | undefined {
  return process.platform === 'darwin' ? undefined : 'HVF is macOS only';
}

/** Starts an empty machine that stands still, and quits it. */
async function trial(accel: string, program: string): Promise<string | undefined> {
  const machine = program.endsWith('aarch64') ? 'virt' : 'q35';
  const args = [
    '-accel',
    accel,
    '-cpu',
    'host',
    '-M',
    machine,
    '-nodefaults',
    '-display',
    'none',
    '-S',
    '-qmp',
    'stdio',
  ];
  const input = '{"execute":"qmp_capabilities"}{"execute":"quit"}';
  return output(program, args, { input, signal: AbortSignal.timeout(TRIAL_LIMIT) }).then(
    () => undefined,
    (error: unknown) => `${accel.toUpperCase()} was tried and failed (${sentenceOf(error)})`,
  );
}
