import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { SlipwayError } from '../../errors.ts';
import type { Image, ImageFile } from './image.ts';

/**
 * A tar file of the descriptor, which comes first, what it refers to, and often checksums of these (DMTF DSP0243, 5.3).
 * @throws SlipwayError `bad-input` where no descriptor comes first
 */
export async function openOva(path: string): Promise<Image> {
  for await (const { name, content } of entriesOf(path)) {
    if (!name.endsWith('.ovf')) break;
    const { size } = await stat(path);
    return { descriptor: await text(content), size, files: () => checkedFiles(path) };
  }
  throw new SlipwayError('bad-input', `"${path}" is no OVA: it does not begin with a descriptor`);
}

/** What is in the tar file, in its order. */
async function* entriesOf(path: string): AsyncGenerator<ImageFile> {
  const { default: tar } = await import('tar-stream');
  const unpacked = tar.extract();
  const file = createReadStream(path);
  file.once('error', (error) => unpacked.destroy(error));
  file.pipe(unpacked);
  try {
    for await (const entry of unpacked) {
      const { name, size } = entry.header;
      yield { name: name.replace(/^\.\//, ''), size: size ?? 0, content: entry as unknown as Readable };
      entry.resume();
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    file.destroy();
  }
}

/** The checksums may come first or last, so they are compared when everything was read. */
async function* checkedFiles(path: string): AsyncGenerator<ImageFile> {
  const sums = new Map<string, string>();
  let manifest = '';
  for await (const { name, size, content } of entriesOf(path)) {
    if (name.endsWith('.mf')) {
      manifest = await text(content);
      continue;
    }
    const hashes = ALGORITHMS.map((algorithm) => [algorithm, createHash(algorithm)] as const);
    const told = Readable.from(heard(path, content, hashes), { objectMode: false });
    yield { name, size, content: told };
    if (!told.readableEnded) await finished(told.resume()); // nobody wanted it
    for (const [algorithm, hash] of hashes) sums.set(`${algorithm} ${name}`, hash.digest('hex'));
  }
  compare(path, manifest, sums);
}

/** Those with which manifests are written: OVF 1, OVF 2, and what some tools take. */
const ALGORITHMS = ['sha1', 'sha256', 'sha512'];

async function* heard(
  path: string,
  content: Readable,
  hashes: readonly (readonly [string, Hash])[],
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of content) {
      for (const [, hash] of hashes) hash.update(piece);
      yield piece;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): SlipwayError {
  if (cause instanceof SlipwayError) return cause;
  return new SlipwayError('bad-input', `The image "${path}" cannot be read to its end`, { cause });
}

/** Lines of "SHA256(disk.vmdk)= 0123…" */
function compare(path: string, manifest: string, sums: ReadonlyMap<string, string>): void {
  for (const [, algorithm = '', name = '', sum] of manifest.matchAll(
    /^(\w+)\s*\(([^)]+)\)\s*=\s*([\da-fA-F]+)\s*$/gm,
  )) {
    const found = sums.get(`${algorithm.toLowerCase()} ${name}`);
    if (found === sum?.toLowerCase()) continue;
    throw new SlipwayError('unsafe', `"${name}" in "${basename(path)}" is not what the image's own checksum says`, {
      hint: 'Fetch the image again.',
    });
  }
}
