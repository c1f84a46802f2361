import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { makeFolder, replaceFile } from '../../files.ts';
import type { Site } from '../driver.ts';
import { readJson } from './json.ts';
import type { Arch } from './settings.ts';

/** A first disk that machines share: nobody writes to it, each machine's own disk holds what differs. */
export interface Image extends Content {
  /** The folder under the cache that holds its files. */
  readonly folder: string;
}

/** What image.json says. Files are named within the image's folder. */
export interface Content {
  readonly version: 1;
  readonly arch: Arch;
  /** Where it comes from, for a person. */
  readonly origin: string;
  readonly disk: { readonly file: string; readonly format: 'qcow2' | 'raw' };
  /** What to boot without a boot loader: the disk is then one file system, its root. */
  readonly kernel?: { readonly file: string; readonly initrd: string };
}

const DESCRIPTION = 'image.json';

/** The image of this name, if it has been made. @throws SlipwayError `broken` */
export async function keptImage(cache: string, id: string): Promise<Image | undefined> {
  const folder = join(cache, id);
  const content = (await readJson(join(folder, DESCRIPTION))) as Content | undefined;
  if (content === undefined) return undefined;
  if (content.version === 1 && content.disk && content.arch) return { ...content, folder };
  throw new SlipwayError('broken', `The image "${folder}" is not one that this version understands`, {
    hint: 'Remove that folder if no machine uses it',
  });
}

/**
 * The image of this name, made now if nobody has. One process makes it and others wait; it appears as a whole or not
 * at all, and what a killed one left goes first.
 */
export async function keepImage(
  site: Site,
  id: string,
  fill: (draft: string) => Promise<Content>,
  discard: (draft: string) => Promise<void> = removeFolder,
): Promise<Image> {
  const kept = await keptImage(site.cache, id);
  if (kept) return kept;
  return site.exclusive(`image-${id}`, async () => {
    const madeMeanwhile = await keptImage(site.cache, id);
    return madeMeanwhile ?? make(site.cache, id, fill, discard);
  });
}

async function make(
  cache: string,
  id: string,
  fill: (draft: string) => Promise<Content>,
  discard: (draft: string) => Promise<void>,
): Promise<Image> {
  const draft = join(cache, `${id}.draft`);
  await makeFolder(cache);
  await discard(draft);
  await mkdir(draft, { mode: 0o700 });
  try {
    const content = await fill(draft);
    await replaceFile(join(draft, DESCRIPTION), `${JSON.stringify(content, undefined, 2)}\n`);
    for (const file of await readdir(draft)) await chmod(join(draft, file), 0o444);
    await rename(draft, join(cache, id));
    return { ...content, folder: join(cache, id) };
  } finally {
    await discard(draft);
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
