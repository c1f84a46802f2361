import { SlipwayError } from '../../errors.ts';

/** Where a machine's first disk comes from. */
export type ImageSource =
  | { readonly kind: 'cloud'; readonly name: CloudName }
  | { readonly kind: 'build'; readonly engine: boolean }
  | { readonly kind: 'url'; readonly url: string; readonly checksum: Checksum }
  | { readonly kind: 'file'; readonly path: string; readonly checksum?: Checksum };

export type CloudName = 'debian-12' | 'ubuntu-24.04';

export interface Checksum {
  readonly algorithm: 'sha256' | 'sha512';
  /** In hexadecimal, lower case. */
  readonly hex: string;
}

/** What a value of --qemu-image means. @throws SlipwayError `bad-input` */
export function imageSource(value: string, checksum?: string): ImageSource {
  const sum = checksum === undefined ? undefined : parseChecksum(checksum);
  if (/^https?:\/\//i.test(value)) return urlSource(value, sum);
  if (/[/\\]|\.(qcow2|img|raw)$/.test(value)) {
    return { kind: 'file', path: value, ...(sum === undefined ? {} : { checksum: sum }) };
  }
  if (sum !== undefined) throw new SlipwayError('bad-input', `The image "${value}" takes no checksum: it is known`);
  return named(value);
}

/** @throws SlipwayError `bad-input` */
export function parseChecksum(word: string): Checksum {
  const [, algorithm, hex] = /^(sha256|sha512):([0-9a-f]+)$/i.exec(word) ?? [];
  const length = { sha256: 64, sha512: 128 }[algorithm?.toLowerCase() ?? ''];
  if (hex !== undefined && hex.length === length) {
    return { algorithm: algorithm?.toLowerCase() as Checksum['algorithm'], hex: hex.toLowerCase() };
  }
  throw new SlipwayError('bad-input', `"${word}" is not a checksum`, {
    hint: 'Say sha512: and 128 hexadecimal digits, or sha256: and 64',
  });
}

function named(value: string): ImageSource {
  switch (value) {
    case 'debian-12':
    case 'ubuntu-24.04':
      return { kind: 'cloud', name: value };
    case 'build':
      return { kind: 'build', engine: true };
    case 'build-without-engine':
      return { kind: 'build', engine: false };
  }
  throw new SlipwayError('bad-input', `There is no image "${value}"`, {
    hint: 'There are debian-12, ubuntu-24.04, build and build-without-engine; a file needs a "/" in its path',
  });
}

function urlSource(value: string, given: Checksum | undefined): ImageSource {
  if (!URL.canParse(value)) throw new SlipwayError('bad-input', `"${value}" is not a URL`);
  const url = new URL(value);
  const checksum = url.hash === '' ? given : parseChecksum(url.hash.slice(1));
  url.hash = '';
  if (checksum !== undefined) return { kind: 'url', url: url.href, checksum };
  throw new SlipwayError('bad-input', `Nothing would tell whether the image at "${url.href}" is the right one`, {
    hint: 'Add its checksum: --qemu-image-checksum sha512:HEX',
  });
}
