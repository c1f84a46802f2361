import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import { allPages } from './client.ts';
import { ifThere } from './failures.ts';
import type { Place } from './place.ts';

/** What DigitalOcean tells about what was asked for. */
export interface Facts {
  readonly size: Size;
  readonly image: Image;
  /** The id of the user's own network. */
  readonly vpc?: string;
}

interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly price_hourly: number;
  readonly regions: readonly string[];
  readonly available: boolean;
}

interface Image {
  readonly id: number;
  readonly slug: string | null;
  readonly name: string;
  readonly distribution: string;
  readonly regions: readonly string[];
  readonly min_disk_size: number | null;
}

interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

/** @throws SlipwayError `bad-input` for what there is not; `no-capacity` for a size that is not to be had there */
export async function factsOf(place: Place): Promise<Facts> {
  await checkRegion(place);
  const [size, image] = await Promise.all([sizeOf(place), imageOf(place)]);
  checkOffer(place, size);
  checkImage(place, image, size);
  const vpc = await vpcOf(place);
  await checkOwn(place);
  return { size, image, ...(vpc === undefined ? {} : { vpc }) };
}

/** After a droplet was refused without a reason: throws where the limit is reached, or the size is not to be had any more. */
export async function refuseWhatIsScarce(place: Place, cause: unknown): Promise<void> {
  await checkLimit(place, cause);
  const sizes = await allPages<Size>(place.ocean, 'sizes', 'sizes');
  const size = sizes.find(({ slug }) => slug === place.settings.size);
  if (size) checkOffer(place, size, cause);
}

interface Limits {
  readonly account: { readonly droplet_limit: number };
}

/** @throws SlipwayError `quota` */
export async function checkLimit({ ocean }: Place, cause?: unknown): Promise<void> {
  const { account } = await ocean.ask<Limits>('GET', '/v2/account');
  const query = { per_page: 1 };
  const { meta } = await ocean.ask<{ meta: { total: number } }>('GET', '/v2/droplets', { query });
  if (meta.total < account.droplet_limit) return;
  throw new SlipwayError('quota', `The account may have ${account.droplet_limit} droplets, and has ${meta.total}`, {
    cause,
    hint: 'Ask for more: https://cloud.digitalocean.com/account/team/droplet_limit_increase',
  });
}

interface Region {
  readonly slug: string;
  readonly available: boolean;
}

async function checkRegion({ ocean, settings, site }: Place): Promise<void> {
  const regions = await site.memory.recall('digitalocean regions', () => allPages<Region>(ocean, 'regions', 'regions'));
  const region = regions.find(({ slug }) => slug === settings.region);
  if (region?.available) return;
  const slugs = regions.filter(({ available }) => available).map(({ slug }) => slug);
  if (region === undefined) throw unknown('region', settings.region, slugs);
  throw new SlipwayError('no-capacity', `DigitalOcean takes no new droplets in "${settings.region}"`, {
    hint: `Name others: --digitalocean-region ${slugs.join(',')}`,
  });
}

function unknown(what: string, given: string, known: readonly string[]): SlipwayError {
  const near = nearest(given, known).join(', ');
  return new SlipwayError('bad-input', `DigitalOcean has no ${what} "${given}"`, { hint: `There are: ${near}` });
}

async function sizeOf({ ocean, settings, site }: Place): Promise<Size> {
  const sizes = await site.memory.recall('digitalocean sizes', () => allPages<Size>(ocean, 'sizes', 'sizes'));
  const size = sizes.find(({ slug }) => slug === settings.size);
  if (size) return size;
  throw unknown(
    'size',
    settings.size,
    sizes.map(({ slug }) => slug),
  );
}

/** Another region may have it. */
function checkOffer({ settings }: Place, { slug, regions, available }: Size, cause?: unknown): void {
  if (available && regions.includes(settings.region)) return;
  throw new SlipwayError('no-capacity', `DigitalOcean has no "${slug}" to give in "${settings.region}"`, {
    cause,
    hint:
      available && regions.length > 0
        ? `There it is: --digitalocean-region ${regions.join(',')}`
        : 'Name another size.',
  });
}

async function imageOf({ ocean, settings, site }: Place): Promise<Image> {
  const ask = () => ifThere(ocean.ask<{ image: Image }>('GET', `/v2/images/${settings.image}`));
  const found = await site.memory.recall(`digitalocean image ${settings.image}`, ask);
  if (found) return found.image;
  const known = await allPages<Image>(ocean, 'images', 'images', { type: 'distribution' });
  throw unknown(
    'image',
    settings.image,
    known.flatMap(({ slug }) => slug ?? []),
  );
}

function checkImage({ settings }: Place, image: Image, size: Size): void {
  const name = nameOf(image);
  if (!image.regions.includes(settings.region)) {
    throw new SlipwayError('no-capacity', `The image "${name}" is not in "${settings.region}"`, {
      hint: `There it is: --digitalocean-region ${image.regions.join(',')}`,
    });
  }
  if ((image.min_disk_size ?? 0) <= size.disk) return;
  const sentence = `The image "${name}" needs a disk of ${image.min_disk_size} GB, and "${size.slug}" has ${size.disk}`;
  throw new SlipwayError('bad-input', sentence, { hint: 'Name a larger size: --digitalocean-size' });
}

/** For a person. */
export function nameOf({ slug, distribution, name }: Image): string {
  return slug ?? `${distribution} ${name}`;
}

async function vpcOf({ ocean, settings }: Place): Promise<string | undefined> {
  if (settings.vpc === undefined || settings.vpc === 'own') return undefined;
  const vpcs = await allPages<Vpc>(ocean, 'vpcs', 'vpcs');
  const vpc = vpcs.find(({ id, name }) => id === settings.vpc || name === settings.vpc);
  if (vpc === undefined) {
    throw unknown(
      'private network',
      settings.vpc,
      vpcs.map(({ name }) => name),
    );
  }
  if (vpc.region === settings.region) return vpc.id;
  throw new SlipwayError(
    'no-capacity',
    `The network "${vpc.name}" is in "${vpc.region}", not in "${settings.region}"`,
    {
      hint: `Say --digitalocean-region ${vpc.region}`,
    },
  );
}

/** What the user named must be there, and free. */
async function checkOwn({ ocean, settings }: Place): Promise<void> {
  const { key, reserved } = settings;
  if (key !== undefined && !(await ifThere(ocean.ask('GET', `/v2/account/keys/${key}`)))) {
    throw new SlipwayError('bad-input', `The account has no SSH key "${key}"`, {
      hint: 'This prints those that there are: doctl compute ssh-key list',
    });
  }
  if (reserved === undefined || reserved === 'new') return;
  const found = await ifThere(
    ocean.ask<{ reserved_ip: { droplet: unknown; region: { slug: string } } }>('GET', `/v2/reserved_ips/${reserved}`),
  );
  const fits = found && !found.reserved_ip.droplet && found.reserved_ip.region.slug === settings.region;
  if (fits) return;
  const why = found ? 'is in use, or of another region' : 'is none of the account';
  throw new SlipwayError('bad-input', `The reserved address "${reserved}" ${why}`, {
    hint: 'This prints those that there are: doctl compute reserved-ip list',
  });
}
