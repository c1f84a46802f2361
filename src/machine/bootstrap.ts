import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Bootstrap, USER } from '../drivers/driver.ts';
import { SlipwayError } from '../errors.ts';
import { replaceFile } from '../files.ts';
import { type CloudInitFile, cloudInitFile, type Timer, userData } from '../provision/index.ts';
import { generateKey, type KeyPair, publicKeyOfFile } from '../ssh/index.ts';
import type { Work } from './work.ts';

/**
 * What a machine of ours is born with; nothing where what it is made of has its user and its host key already. It is not on
 * the disk yet.
 */
export interface Birth {
  /** The key that lets us in; absent where the user has one for that. */
  readonly own?: KeyPair;
  /** With which it shows itself at the first connection. */
  readonly hostKey?: KeyPair;
  readonly bootstrap?: Bootstrap;
}

export interface Wanted {
  /** The user that the first boot makes; `USER` when absent. */
  readonly user?: string | undefined;
  /** The file of the user's own private key that shall let us in. */
  readonly key?: string | undefined;
  /** The user's own files for cloud-init, by their paths. */
  readonly files: readonly string[];
  /** When the machine switches itself off. */
  readonly timer?: Timer | undefined;
}

/**
 * Makes a new machine's keys, and the document for its first boot, with the user's own files after ours.
 * @throws SlipwayError `bad-input` for a file that cannot be read, or that cloud-init would not understand
 */
export async function newBirth(name: string, { user, key, files, timer }: Wanted): Promise<Birth> {
  const own = key === undefined ? await generateKey(`slipway ${name}`) : undefined;
  const publicKey = own?.publicKey ?? (await publicKeyOfFile(key ?? ''));
  const hostKey = await generateKey(`slipway bootstrap ${name}`);
  const first = { hostname: name, user: user ?? USER, publicKey, hostKey, ...(timer ? { timer } : {}) };
  const document = userData(first, await Promise.all(files.map(readCloudInit)));
  return { ...(own ? { own } : {}), hostKey, bootstrap: { userData: document, user: first.user, publicKey } };
}

/** Keeps the key that lets us in, before there is anything to get into. */
export async function keepKey(work: Work, name: string, { own }: Birth): Promise<void> {
  if (!own) return;
  const files = work.store.machine(name);
  await replaceFile(files.identity, own.privateKey);
  await replaceFile(files.publicKey, `${own.publicKey}\n`);
}

async function readCloudInit(path: string): Promise<CloudInitFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SlipwayError('bad-input', `The file "${path}" for cloud-init cannot be read`, { cause });
  });
  return cloudInitFile(basename(path), text);
}
