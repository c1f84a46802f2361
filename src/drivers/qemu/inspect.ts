import { open } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import { output } from '../../program.ts';

interface ImageInfo {
  readonly format: string;
  readonly 'backing-filename'?: string;
  readonly 'format-specific'?: { readonly data?: { readonly 'data-file'?: string } };
}

/**
 * Looks at an image from outside before any machine may use it. One that refers to other files is refused: it could
 * name any file of this computer, and the machine would see what is in it.
 * @throws SlipwayError `bad-input`
 */
export async function diskFormat(path: string, name = path): Promise<'qcow2' | 'raw'> {
  const info = JSON.parse(await output('qemu-img', ['info', '--output=json', '-U', path])) as ImageInfo;
  if (info['backing-filename'] !== undefined || info['format-specific']?.data?.['data-file'] !== undefined) {
    throw new SlipwayError('bad-input', `The image "${name}" is not whole: it refers to another file`, {
      hint: 'Make one file of it: qemu-img convert -O qcow2 IMAGE WHOLE.qcow2',
    });
  }
  if (info.format === 'qcow2') return 'qcow2';
  if (info.format === 'raw' && (await hasBootSector(path))) return 'raw';
  throw new SlipwayError('bad-input', `The image "${name}" is neither qcow2 nor a raw disk that could boot`, {
    hint: 'qemu-img convert -O qcow2 makes one of most formats; an archive must be unpacked first',
  });
}

/** A disk that boots, with BIOS or UEFI, ends its first sector in 55 AA. */
async function hasBootSector(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 510);
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x55aa;
  } finally {
    await file.close();
  }
}
