import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { filesOf } from '../src/drivers/qemu/files.ts';
import { newUser, type User } from '../test/commands/cli.ts';

/**
 * A user with one machine, "one", on this computer and off, whose docker context is in use. Nothing has to be asked
 * elsewhere about it.
 */
export async function userWithMachine(): Promise<User> {
  const user = await newUser();
  const note = { kind: 'instance', key: 'slipway-bench', id: 'slipway-bench', asked: '2026-01-01T00:00:00.000Z' };
  await user.addReady('one', { driver: 'qemu', flags: {}, notes: [note], adopted: false });
  const files = filesOf(user.store.machine('one').driver);
  await mkdir(files.folder, { recursive: true });
  await writeFile(
    files.definition,
    JSON.stringify({ version: 1, key: 'bench', user: 'slipway', image: {}, settings: {} }),
  );
  const { code, stderr } = await user.slipway('use', 'one');
  if (code !== 0) throw new Error(stderr);
  return user;
}

/** The same for docker-machine, as far as it goes: a machine of its driver "none". Gives the environment. */
export function oldUserWithMachine(program: string, folder: string): NodeJS.ProcessEnv {
  const env = { ...process.env, MACHINE_STORAGE_PATH: folder, DOCKER_HOST: 'tcp://127.0.0.1:2376' };
  const made = spawnSync(program, ['create', '-d', 'none', '--url', env.DOCKER_HOST, 'one'], { env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`"${program}" cannot make a machine: ${made.error ?? made.stderr}`);
  return env;
}
