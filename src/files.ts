import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from './errors.ts';

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
  await discardDeadDrafts(path);
  const draft = `${path}.${here()}-${process.pid}-${randomBytes(6).toString('hex')}.draft`;
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

/** This computer: others may share the folder, and their processes cannot be seen from here. */
function here(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** What was being written to this file by processes that have died: FILE.HERE-PID-NONCE.draft. */
async function discardDeadDrafts(path: string): Promise<void> {
  const ours = `${basename(path)}.${here()}-`;
  const files = (await readdir(dirname(path))).filter((file) => file.startsWith(ours) && file.endsWith('.draft'));
  for (const file of files) {
    if (!isAlive(Number.parseInt(file.slice(ours.length), 10))) await rm(join(dirname(path), file), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
