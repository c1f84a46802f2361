import { open, stat, truncate, writeFile } from 'node:fs/promises';
import { codeOf } from '../../errors.ts';

/** What is kept of the console, and shown, in bytes. */
const KEPT = 256 * 1024;
/** How long the file may grow before it is cut, in bytes. */
const MOST = 4 * KEPT;

/** The last of what the machine wrote to its serial line; undefined while there is none. */
export async function readConsole(path: string): Promise<string | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  const kept = await tail(path, size);
  await trimConsole(path);
  return kept.toString('utf8');
}

/** Makes the file before QEMU does, who would let others read it. */
export async function openConsole(path: string): Promise<void> {
  await writeFile(path, '', { flag: 'a', mode: 0o600 });
  await trimConsole(path);
}

/** Cuts the file to its last part if it has grown long. QEMU appends to it, so this may be done while it runs. */
export async function trimConsole(path: string): Promise<void> {
  const size = await sizeOf(path);
  if (size === undefined || size <= MOST) return;
  const kept = await tail(path, size);
  await truncate(path, 0);
  await writeFile(path, kept, { flag: 'a' });
}

async function tail(path: string, size: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const kept = Buffer.alloc(Math.min(size, KEPT));
    const { bytesRead } = await file.read(kept, 0, kept.length, size - kept.length);
    return kept.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    },
  );
}
