import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { codeOf } from '../errors.ts';
import { createFile, makeFolder } from '../files.ts';
import type { Layout } from './layout.ts';

/** The store's random id, eight hex digits, made at first use: it marks what belongs to this store. */
export async function storeId(store: Layout): Promise<string> {
  const known = await read(store.storeId);
  if (known !== undefined) return known;
  await makeFolder(store.root);
  await createFile(store.storeId, `${randomBytes(4).toString('hex')}\n`).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error; // another process was first: its id is ours
  });
  return (await read(store.storeId)) ?? '';
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
