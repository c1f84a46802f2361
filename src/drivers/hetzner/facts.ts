import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import { ifThere } from './failures.ts';
import { existing, FIREWALLS, KEYS, type Kept, NETWORKS, PLACEMENT_GROUPS, PRIMARY_IPS, VOLUMES } from './kept.ts';
import { allPages } from './pages.ts';
import type { Place } from './place.ts';
import type { Address, Architecture } from './settings.ts';

/** What Hetzner tells about what was asked for. */
export interface Facts {
  readonly type: ServerType;
  readonly location: Location;
  readonly image: Image;
  readonly named: Named;
}

export interface ServerType {
  readonly name: string;
  readonly architecture: Architecture;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
  readonly locations: readonly {
    readonly name: string;
    readonly deprecation: { readonly unavailable_after: string } | null;
  }[];
  readonly prices: readonly { readonly location: string; readonly price_hourly: { readonly net: string } }[];
}

export interface Location {
  readonly name: string;
  readonly network_zone: string;
}

export interface Image {
  readonly id: number;
  readonly name: string | null;
  readonly description: string;
  readonly architecture: Architecture;
  readonly disk_size: number;
}

/** The ids of what is the user's own. */
export interface Named {
  readonly key?: number;
  readonly networks: readonly number[];
  readonly firewalls: readonly number[];
  readonly volumes: readonly number[];
  readonly placementGroup?: number;
  readonly ipv4?: number;
  readonly ipv6?: number;
}

/** @throws SlipwayError `bad-input` for what there is not; `no-capacity` for a type that is not offered there */
export async function factsOf(place: Place): Promise<Facts> {
  const [type, location, named] = await Promise.all([typeOf(place), locationOf(place), namedBy(place)]);
  checkOffer(type, location);
  return { type, location, named, image: await imageOf(place, type) };
}

async function typeOf({ hetzner, settings, site }: Place): Promise<ServerType> {
  const types = await site.memory.recall('hetzner types', () => allPages<ServerType>(hetzner, 'server_types'));
  const type = types.find(({ name }) => name === settings.type);
  if (type) return type;
  throw unknown('server type', settings.type, types);
}

async function locationOf({ hetzner, settings, site }: Place): Promise<Location> {
  const locations = await site.memory.recall('hetzner locations', () => allPages<Location>(hetzner, 'locations'));
  const location = locations.find(({ name }) => name === settings.location);
  if (location) return location;
  throw unknown('location', settings.location, locations);
}

function unknown(what: string, given: string, known: readonly { readonly name: string }[]): SlipwayError {
  const near = nearest(
    given,
    known.map(({ name }) => name),
  );
  return new SlipwayError('bad-input', `Hetzner Cloud has no ${what} "${given}"`, {
    hint: `There are: ${near.join(', ')}`,
  });
}

/** Another location may have it. */
function checkOffer({ name, locations }: ServerType, location: Location): void {
  const now = Date.now();
  const offering = locations.filter(
    ({ deprecation }) => !deprecation || Date.parse(deprecation.unavailable_after) > now,
  );
  if (offering.some((each) => each.name === location.name)) return;
  const there = offering.map((each) => each.name).join(', ');
  throw new SlipwayError('no-capacity', `Hetzner Cloud does not offer "${name}" in "${location.name}"`, {
    hint: there === '' ? 'It is not offered anywhere any more.' : `There it is: --hetzner-server-location ${there}`,
  });
}

async function imageOf(place: Place, type: ServerType): Promise<Image> {
  const architecture = place.settings.architecture ?? type.architecture;
  const image = await imageFor(place, architecture);
  if (image.architecture !== type.architecture) {
    const sentence = `The image "${labelOf(image)}" is for ${image.architecture}, and "${type.name}" is ${type.architecture}`;
    throw new SlipwayError('bad-input', sentence, { hint: 'Name another image, or another type.' });
  }
  if (image.disk_size <= type.disk) return image;
  const sentence = `The image "${labelOf(image)}" needs a disk of ${image.disk_size} GB, and "${type.name}" has ${type.disk}`;
  throw new SlipwayError('bad-input', sentence, { hint: 'Name a larger type: --hetzner-server-type' });
}

async function imageFor({ hetzner, settings, site }: Place, architecture: Architecture): Promise<Image> {
  const wanted = settings.image;
  if ('id' in wanted) {
    const found = await ifThere(hetzner.ask<{ image: Image }>('GET', `/images/${wanted.id}`));
    if (found) return found.image;
    throw new SlipwayError('bad-input', `The project has no image "${wanted.id}"`, { hint: IMAGES });
  }
  const query = { name: wanted.name, architecture };
  const what = `hetzner image ${wanted.name} ${architecture}`;
  const [image] = await site.memory.recall(what, () => allPages<Image>(hetzner, 'images', query));
  if (image) return image;
  const known = await allPages<Image>(hetzner, 'images', { type: 'system', architecture });
  const near = nearest(
    wanted.name,
    known.flatMap(({ name }) => name ?? []),
  );
  const sentence = `Hetzner Cloud has no image "${wanted.name}" for ${architecture}`;
  throw new SlipwayError('bad-input', sentence, { hint: `There are: ${near.join(', ')}` });
}

const IMAGES = 'This prints those that there are: hcloud image list';

/** For a person. */
export function labelOf({ name, description }: Image): string {
  return name ?? description;
}

/** Looked at one after the other: most machines have none. */
async function namedBy(place: Place): Promise<Named> {
  const { hetzner, settings } = place;
  const idsOf = async (collection: Parameters<typeof existing>[1], names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await existing(hetzner, collection, name)).id));
  const [key] = await idsOf(KEYS, settings.key === undefined ? [] : [settings.key]);
  const group = settings.placementGroup === undefined ? [] : [settings.placementGroup];
  const [placementGroup] = await idsOf(PLACEMENT_GROUPS, group);
  const [ipv4, ipv6] = await Promise.all([primary(place, 'ipv4'), primary(place, 'ipv6')]);
  return {
    networks: await idsOf(NETWORKS, settings.networks),
    firewalls: await idsOf(FIREWALLS, settings.firewalls),
    volumes: await Promise.all(settings.volumes.map((name) => volume(place, name))),
    ...(key === undefined ? {} : { key }),
    ...(placementGroup === undefined ? {} : { placementGroup }),
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
}

interface Placed extends Kept {
  readonly location: Location;
}

interface PrimaryIp extends Placed {
  readonly type: 'ipv4' | 'ipv6';
  readonly assignee_id: number | null;
}

const IP = /^[\da-f.:]*[.:][\da-f.:]*$/i;

async function primary({ hetzner, settings }: Place, family: 'ipv4' | 'ipv6'): Promise<number | undefined> {
  const wanted: Address = settings[family];
  if (typeof wanted === 'string') return undefined;
  const { named } = wanted;
  const query: Record<string, string> = IP.test(named) ? { ip: named } : { name: named };
  const found = await existing<PrimaryIp>(hetzner, PRIMARY_IPS, named, query);
  if (found.type !== family) {
    throw new SlipwayError('bad-input', `The primary IP "${named}" is of the family ${found.type}`, {
      hint: `Say --hetzner-primary-${found.type} ${named}`,
    });
  }
  checkThere(`primary IP "${named}"`, found, settings.location);
  return found.id;
}

async function volume({ hetzner, settings }: Place, name: string): Promise<number> {
  const found = await existing<Placed>(hetzner, VOLUMES, name);
  checkThere(`volume "${name}"`, found, settings.location);
  return found.id;
}

/** Another of the locations may be where it is. */
function checkThere(what: string, { location }: Placed, wanted: string): void {
  if (location.name === wanted) return;
  throw new SlipwayError('no-capacity', `The ${what} is in "${location.name}", and not in "${wanted}"`, {
    hint: `Say --hetzner-server-location ${location.name}`,
  });
}
