import { type ChildProcess, spawn } from 'node:child_process';
import { currentAuthority } from '../../src/machine/authority.ts';
import { newUser, type User } from '../commands/cli.ts';
import { type Cloud, wordsFor } from './cloud.ts';

/** A user of this cloud, with a store of their own, which has an authority already. */
export async function newCloudUser(cloud: Cloud): Promise<User> {
  const user = await newUser({ ...cloud.env });
  await currentAuthority({ store: user.store, env: user.env, report: () => undefined });
  return user;
}

/**
 * Makes a machine as far as it goes without anybody who answers at its address, and dies there. When it waits for SSH,
 * it has made all its parts. Gives what it told.
 */
export async function createUntilSsh(cloud: Cloud, user: User, name: string, ...more: string[]): Promise<string> {
  const child = start(user, ['create', '--progress', 'json', ...wordsFor(cloud), ...more, name]);
  let told = '';
  child.stderr?.on('data', (chunk) => {
    told += chunk;
    if (/"stage":"wait for SSH","state":"at","detail":"(port|banner)"/.test(told)) child.kill('SIGKILL');
  });
  await ended(child);
  if (child.signalCode !== 'SIGKILL') throw new Error(`create did not come to wait for SSH: ${told}`);
  return told;
}

/** Starts `slipway`, whose standard error can be read. */
export function start(user: User, words: readonly string[]): ChildProcess {
  return spawn('slipway', words, { env: user.env, cwd: user.home, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Waits for its end, and gives what it wrote to standard error; `heard` gets all of it again with each piece. */
export async function ended(child: ChildProcess, heard: (said: string) => void = () => undefined): Promise<string> {
  let said = '';
  child.stderr?.on('data', (piece) => {
    said += piece;
    heard(said);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return said;
}
