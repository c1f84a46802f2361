import { open } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import type { Image } from './image.ts';
import { openOva } from './ova.ts';
import { conversion, openVmdk } from './vmdk.ts';

/** @throws SlipwayError `bad-input` for what is no image that vSphere takes */
export async function openImage(path: string): Promise<Image> {
  const start = await startOf(path);
  if (start.subarray(257, 262).toString() === 'ustar') return openOva(path);
  if (start.subarray(0, 4).toString() === 'KDMV') return openVmdk(path, start);
  throw new SlipwayError('bad-input', `"${path}" is neither an OVA nor a disk in VMware's format`, {
    hint: `Convert a disk: ${conversion('FROM')}`,
  });
}

async function startOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SlipwayError('bad-input', `The image "${path}" cannot be read`, { cause });
  }
}
