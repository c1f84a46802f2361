import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { codeOf } from '../errors.ts';
import { replaceFile } from '../files.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';

/** The store's random id, eight hex digits, made at first use: it marks what belongs to this store. */
export async function storeId(store: Layout): Promise<string> {
  const known = await read(store.storeId);
  return known ?? withLock(store.locks, '_id', async () => (await read(store.storeId)) ?? newId(store));
}

async function newId(store: Layout): Promise<string> {
  const id = randomBytes(4).toString('hex');
  await replaceFile(store.storeId, `${id}\n`);
  return id;
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    },
  );
}
