import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';
import { newHostKey } from '../../src/provision/host-key.ts';
import type { Step } from '../../src/provision/step.ts';
import { carryOut } from './shells.ts';

let folder: string;
const key = () => join(folder, 'ssh_host_ed25519_key');
const publicPart = async (file: string) =>
  (await output('ssh-keygen', ['-y', '-f', file])).split(' ').slice(0, 2).join(' ').trim();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-host-key-'));
  await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key()]);
  for (const name of ['systemctl', 'rc-service']) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "$0 $*" >>${folder}/calls\n`);
    chmodSync(join(folder, name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The steps with this folder in the place of the host's, on one that has systemd or OpenRC. */
const here = (steps: readonly Step[], init = 'systemd') => {
  const moved = (text: string) =>
    text.replaceAll('/etc/ssh', folder).replaceAll('/run/systemd/system', init === 'systemd' ? folder : 'nowhere');
  const local = steps.map((step) => ({
    ...step,
    run: moved(step.run),
    ...(step.done ? { done: moved(step.done) } : {}),
  }));
  return carryOut(['dash'], local, { ...process.env, PATH: `${folder}:${process.env.PATH}` });
};

/** The service managers' calls that make sshd read its key again. */
const reloads = () =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .replaceAll(`${folder}/`, '')
    .split('\n')
    .filter((call) => call.includes('reload'));

test('the host makes its own key, tells it, and shows it only then', async () => {
  const bootstrap = await publicPart(key());
  const made = await here(newHostKey.make);
  const again = await here(newHostKey.make);
  expect(made.gave.hostKey).toMatch(/^ssh-ed25519 \S+$/);
  expect(again.gave.hostKey).toBe(made.gave.hostKey);
  expect(await publicPart(key())).toBe(bootstrap);

  const activated = await here(newHostKey.activate);
  expect(activated).toMatchObject({ complete: true, code: 0 });
  expect(await publicPart(key())).toBe(made.gave.hostKey);
  expect(readFileSync(`${key()}.pub`, 'utf8').trim()).toBe(made.gave.hostKey);
  expect((statSync(key()).mode & 0o777).toString(8)).toBe('600');
  expect(existsSync(`${key()}.slipway`)).toBe(false);
  expect(reloads()).toEqual(['systemctl reload ssh.service']);

  expect((await here(newHostKey.activate)).told).toEqual(['start use the new host key', 'skip use the new host key']);
});

test('where there is OpenRC it is told to show the new key', async () => {
  await here(newHostKey.make);
  expect(await here(newHostKey.activate, 'OpenRC')).toMatchObject({ complete: true, code: 0 });
  expect(reloads()).toEqual(['rc-service sshd reload']);
});

test('a key that was half made is made again', async () => {
  writeFileSync(`${key()}.slipway`, 'half');
  const { gave } = await here(newHostKey.make);
  expect(gave.hostKey).toBe(await publicPart(`${key()}.slipway`));
});
