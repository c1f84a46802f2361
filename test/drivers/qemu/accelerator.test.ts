import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { chooseAccelerator } from '../../../src/drivers/qemu/accelerator.ts';
import { hostArch } from '../../../src/drivers/qemu/settings.ts';

const emulation = ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'];
const program = `qemu-system-${hostArch()}`;
const other = hostArch() === 'x86_64' ? 'aarch64' : 'x86_64';

test('emulation is taken where it is asked for', async () => {
  expect(await chooseAccelerator('tcg', hostArch(), program)).toMatchObject({ args: emulation });
});

test('a machine of another architecture is emulated, and the reason told', async () => {
  expect(await chooseAccelerator('auto', other, `qemu-system-${other}`)).toEqual({
    args: emulation,
    reason: `emulating the processor in software: the machine's architecture (${other}) is not this computer's`,
  });
});

test('KVM is taken only where the processor has what ordinary kernels need', async () => {
  const flags = /\b(vmx|svm)\b/.test(await readFile('/proc/cpuinfo', 'utf8'));
  const { args, reason } = await chooseAccelerator('auto', hostArch(), program);
  if (process.arch === 'x64' && !flags) expect(reason).toContain('neither vmx nor svm');
  if (reason === 'using KVM') expect(args).toEqual(['-accel', 'kvm', '-cpu', 'host']);
  else expect(args).toEqual(emulation);
});

test('an accelerator that was asked for and cannot work is refused', async () => {
  await expect(chooseAccelerator('hvf', hostArch(), program)).rejects.toMatchObject({
    code: 'unsupported',
    message: 'This computer cannot run machines with "hvf"',
    hint: 'Say --qemu-accel auto',
  });
});
