import type { ImageReference, Plan, VirtualMachineImage } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';
import { lookUp } from './failures.ts';
import { type Arch, familyImage, type ImageChoice, type MarketplaceImage } from './image-names.ts';
import { near } from './near.ts';
import type { Place } from './place.ts';
import type { Size } from './size.ts';

export interface FoundImage {
  readonly reference: ImageReference;
  /** "Debian:debian-12:12-gen2:0.20260101.1". */
  readonly name: string;
  /** Of an image that somebody sells. */
  readonly plan?: Plan;
  readonly trustedLaunch: boolean;
}

type Exact = Required<MarketplaceImage>;

/** The image for machines of this size, in its newest version. @throws SlipwayError `bad-input` */
export async function imageOf(place: Place, size: Size): Promise<FoundImage> {
  const { image } = place.settings;
  if (image.kind === 'id') return { reference: byId(image.id), name: image.id, trustedLaunch: false };
  const wanted = marketplaceImage(image, size);
  const exact = { ...wanted, version: wanted.version ?? (await newest(place, wanted)) };
  const about = await look(place, exact);
  checkFits(nameOf(exact), about, size);
  return {
    reference: { publisher: exact.publisher, offer: exact.offer, sku: exact.sku, version: exact.version },
    name: nameOf(exact),
    ...(about.plan ? { plan: about.plan } : {}),
    trustedLaunch: (about.features ?? []).some(isTrustedLaunch),
  };
}

function marketplaceImage(image: Exclude<ImageChoice, { kind: 'id' }>, size: Size): MarketplaceImage {
  if (image.kind === 'marketplace') return image;
  return familyImage(image.name, size.arch, !size.generations.includes('V2'));
}

function byId(id: string): ImageReference {
  if (/^\/communityGalleries\//i.test(id)) return { communityGalleryImageId: id };
  return /^\/sharedGalleries\//i.test(id) ? { sharedGalleryImageId: id } : { id };
}

async function newest(place: Place, image: MarketplaceImage): Promise<string> {
  const { settings, clients, options, site } = place;
  const { virtualMachineImages } = await clients.compute();
  const { publisher, offer, sku } = image;
  const what = `look up the image "${nameOf(image)}"`;
  const versions = await site.memory.recall(`azure ${settings.location} versions ${nameOf(image)}`, () =>
    lookUp(what, () => virtualMachineImages.list(settings.location, publisher, offer, sku, options)),
  );
  const newestFirst = (versions ?? []).map(({ name }) => name).sort((a, b) => compare(b, a));
  return newestFirst[0] ?? noSuch(place, image);
}

/** By numbers: 0.20260101.10 is newer than 0.20260101.9. */
function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

async function look(place: Place, image: Exact): Promise<VirtualMachineImage> {
  const { settings, clients, options, site } = place;
  const { virtualMachineImages } = await clients.compute();
  const { publisher, offer, sku, version } = image;
  const what = `look up the image "${nameOf(image)}"`;
  const about = await site.memory.recall(`azure ${settings.location} image ${nameOf(image)}`, () =>
    lookUp(what, () => virtualMachineImages.get(settings.location, publisher, offer, sku, version, options)),
  );
  return about ?? noSuch(place, image);
}

/** @throws SlipwayError `bad-input` with what there is near it, where we may see that */
async function noSuch({ settings, clients, options }: Place, image: MarketplaceImage): Promise<never> {
  const { virtualMachineImages } = await clients.compute();
  const { publisher, offer, sku } = image;
  const none = () => [];
  const skus = await virtualMachineImages.listSkus(settings.location, publisher, offer, options).catch(none);
  const offers =
    skus.length > 0 ? [] : await virtualMachineImages.listOffers(settings.location, publisher, options).catch(none);
  const names = [
    ...skus.map(({ name }) => `${publisher}:${offer}:${name}`),
    ...offers.map(({ name }) => `${publisher}:${name}`),
  ];
  throw new SlipwayError('bad-input', `There is no image "${nameOf(image)}" in "${settings.location}"`, {
    hint: near(`${publisher}:${offer}:${sku}`, names),
  });
}

function checkFits(name: string, { architecture, hyperVGeneration }: VirtualMachineImage, size: Size): void {
  if (archOf(architecture) !== size.arch) {
    throw new SlipwayError(
      'bad-input',
      `The image "${name}" is for ${archOf(architecture)}, and "${size.name}" is ${size.arch}`,
      {
        hint: 'Say --azure-image debian-12 or another family: then the image follows the size.',
      },
    );
  }
  if (hyperVGeneration !== undefined && !size.generations.includes(hyperVGeneration)) {
    throw new SlipwayError('bad-input', `The image "${name}" is for hardware of generation ${hyperVGeneration}`, {
      hint: `"${size.name}" has ${size.generations.join(', ')}: name another image or size.`,
    });
  }
}

function archOf(architecture: string | undefined): Arch {
  return architecture?.toLowerCase() === 'arm64' ? 'Arm64' : 'x64';
}

/** "TrustedLaunch", "TrustedLaunchSupported", "TrustedLaunchAndConfidentialVmSupported". */
function isTrustedLaunch({ name, value }: { name?: string; value?: string }): boolean {
  return name === 'SecurityType' && (value ?? '').startsWith('TrustedLaunch');
}

function nameOf({ publisher, offer, sku, version }: MarketplaceImage): string {
  return `${publisher}:${offer}:${sku}:${version ?? 'latest'}`;
}
