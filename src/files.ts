import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Replaces a file as a whole: a reader, or a crash at any moment, finds the old text or the new one, never a part.
 * The text is on the disk when this returns (file and folder fsynced).
 */
export async function replaceFile(path: string, text: string | Uint8Array, mode = 0o600): Promise<void> {
  const draft = await writeDraft(path, text, mode);
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a file that must not exist yet, as a whole.
 * @throws the system's `EEXIST` when it does
 */
export async function createFile(path: string, text: string | Uint8Array, mode = 0o600): Promise<void> {
  const draft = await writeDraft(path, text, mode);
  try {
    await link(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Makes a folder and those above it that are missing, open to this user only. They are on the disk when this returns. */
export async function makeFolder(path: string): Promise<void> {
  const deepest = resolve(path);
  const highest = await mkdir(deepest, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  for (let made = deepest; made.length >= highest.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function writeDraft(path: string, text: string | Uint8Array, mode: number): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true }); // a full disk must not fill with drafts
    throw error;
  } finally {
    await file.close();
  }
  return draft;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
