import { SlipwayError } from '../../errors.ts';

export type Architecture = 'x86_64' | 'arm64';

/** What to look for at AWS: one image, or the newest of an owner by a pattern of names. */
export type ImageWish =
  | { readonly id: string }
  | { readonly owner: string; readonly what: string; pattern(architecture: Architecture): string };

/** @throws SlipwayError `bad-input` */
export function imageWish(given: string): ImageWish {
  if (/^ami-[0-9a-f]+$/.test(given)) return { id: given };
  const family = Object.hasOwn(families, given) ? families[given] : undefined;
  if (family) return { ...family, what: given };
  const [, owner, name] = /^(\d{12}|self|amazon|aws-marketplace)\/(\S+)$/.exec(given) ?? [];
  if (owner !== undefined && name !== undefined) return { owner, what: given, pattern: () => name };
  throw new SlipwayError('bad-input', `"${given}" is not an image`, {
    hint: `There are ${Object.keys(families).join(', ')}; or give an id (ami-0123…), or OWNER/NAME, such as "self/docker-*"`,
  });
}

interface Family {
  readonly owner: string;
  pattern(architecture: Architecture): string;
}

/**
 * Where the distributions publish: wiki.debian.org/Cloud/AmazonEC2Image and ubuntu.com/server/docs/cloud-images/amazon-ec2.
 * The digit that begins the date keeps daily builds out.
 */
const DEBIAN = '136693071363';
const CANONICAL = '099720109477';

const families: Readonly<Record<string, Family>> = {
  'debian-12': { owner: DEBIAN, pattern: (architecture) => `debian-12-${port(architecture)}-2*` },
  'debian-13': { owner: DEBIAN, pattern: (architecture) => `debian-13-${port(architecture)}-2*` },
  'ubuntu-22.04': {
    owner: CANONICAL,
    pattern: (architecture) => `ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-${port(architecture)}-server-2*`,
  },
  'ubuntu-24.04': {
    owner: CANONICAL,
    pattern: (architecture) => `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${port(architecture)}-server-2*`,
  },
};

/** Debian's word for an architecture, and Ubuntu's. */
function port(architecture: Architecture): string {
  return architecture === 'arm64' ? 'arm64' : 'amd64';
}
