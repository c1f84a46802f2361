import { SlipwayError } from '../../errors.ts';

export type Arch = 'x64' | 'Arm64';

/** An image of the marketplace, in the newest version where none is said. */
export interface MarketplaceImage {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly version?: string;
}

/** What the user asked for: a family of ours, one of the marketplace, or an image by its id. */
export type ImageChoice =
  | { readonly kind: 'family'; readonly name: string }
  | ({ readonly kind: 'marketplace' } & MarketplaceImage)
  | { readonly kind: 'id'; readonly id: string };

interface Family {
  readonly publisher: string;
  readonly offer: string;
  /** By generation of the virtual hardware: arm64 has the second only. */
  readonly skus: { readonly x64: string; readonly x64First: string; readonly Arm64: string };
}

const FAMILIES: Readonly<Record<string, Family>> = {
  'debian-12': { publisher: 'Debian', offer: 'debian-12', skus: { x64: '12-gen2', x64First: '12', Arm64: '12-arm64' } },
  'debian-13': { publisher: 'Debian', offer: 'debian-13', skus: { x64: '13-gen2', x64First: '13', Arm64: '13-arm64' } },
  'ubuntu-22.04': {
    publisher: 'Canonical',
    offer: '0001-com-ubuntu-server-jammy',
    skus: { x64: '22_04-lts-gen2', x64First: '22_04-lts', Arm64: '22_04-lts-arm64' },
  },
  'ubuntu-24.04': {
    publisher: 'Canonical',
    offer: 'ubuntu-24_04-lts',
    skus: { x64: 'server', x64First: 'server-gen1', Arm64: 'server-arm64' },
  },
};

/** @throws SlipwayError `bad-input` */
export function imageChoice(given: string): ImageChoice {
  if (Object.hasOwn(FAMILIES, given)) return { kind: 'family', name: given };
  if (/^\/(subscriptions|communityGalleries|sharedGalleries)\/[\w()./-]+$/i.test(given))
    return { kind: 'id', id: given };
  const word = /^[\w.-]+$/;
  const [publisher, offer, sku, version, ...rest] = given.split(':');
  if (
    publisher &&
    offer &&
    sku &&
    rest.length === 0 &&
    [publisher, offer, sku, version ?? 'x'].every((w) => word.test(w))
  ) {
    const exact = version === undefined || version.toLowerCase() === 'latest' ? {} : { version };
    return { kind: 'marketplace', publisher, offer, sku, ...exact };
  }
  throw new SlipwayError('bad-input', `"${given}" is no image`, {
    hint: `Say one of ${Object.keys(FAMILIES).join(', ')}, PUBLISHER:OFFER:SKU[:VERSION], or the id of an image.`,
  });
}

/** The image of a family for such a machine. */
export function familyImage(name: string, arch: Arch, firstGeneration: boolean): MarketplaceImage {
  const family = FAMILIES[name];
  if (!family) throw new SlipwayError('bad-input', `There is no family of images "${name}"`);
  const sku = arch === 'Arm64' ? family.skus.Arm64 : firstGeneration ? family.skus.x64First : family.skus.x64;
  return { publisher: family.publisher, offer: family.offer, sku };
}
