import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import { ifThere } from './failures.ts';
import { allPages } from './pages.ts';
import { type Named, pick } from './pick.ts';
import type { Place } from './place.ts';
import { type VolumeFacts, volumeFactsOf } from './volume-facts.ts';

/** What OpenStack tells about what was asked for. */
export interface Facts {
  readonly flavor: Flavor;
  readonly image: Image;
  readonly networks: readonly Network[];
  /** Ids of security groups of the user's. */
  readonly groups: readonly string[];
  readonly serverGroup?: string;
  readonly pool?: Network;
  /** The volume that the disk shall be. */
  readonly volume?: VolumeFacts;
}

export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  /** In MB. */
  readonly ram: number;
  /** In GB; 0 where the disk must be a volume. */
  readonly disk: number;
}

export interface Image {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly created_at: string;
  /** What is stored of it, in bytes. */
  readonly size?: number | null;
  /** What it is as a disk, in bytes, where that is known. */
  readonly virtual_size?: number | null;
  /** In GB. */
  readonly min_disk: number;
  /** In MB. */
  readonly min_ram: number;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly tenant_id: string;
  readonly shared: boolean;
  readonly subnets: readonly string[];
  readonly 'router:external': boolean;
}

/** @throws SlipwayError `bad-input` for what there is not, or is not enough; `no-capacity` for a zone that is out of order */
export async function factsOf(place: Place): Promise<Facts> {
  const { pool, serverGroup } = place.settings;
  const [flavor, image, networks, groups] = await Promise.all([
    flavorOf(place),
    imageOf(place),
    networksOf(place),
    Promise.all(place.settings.groups.map((name) => groupOf(place, name))),
    checkZone(place),
    checkKeypair(place),
  ]);
  const volume = await volumeFactsOf(place, flavor);
  checkFit(flavor, image, volume);
  return {
    flavor,
    image,
    networks,
    groups,
    ...(serverGroup === undefined ? {} : { serverGroup: await serverGroupOf(place, serverGroup) }),
    ...(pool === undefined ? {} : { pool: await poolOf(place, pool) }),
    ...(volume === undefined ? {} : { volume }),
  };
}

async function flavorOf({ openstack, settings, site }: Place): Promise<Flavor> {
  const list = () => allPages<Flavor>(openstack.compute, '/flavors/detail', 'flavors');
  return pick('flavor', settings.flavor, await site.memory.recall('openstack flavors', list), 'openstack flavor list');
}

async function imageOf({ openstack, settings, site }: Place): Promise<Image> {
  const { image } = settings;
  if ('id' in image) {
    const found = await ifThere(openstack.image.ask<Image>('GET', `/images/${encodeURIComponent(image.id)}`));
    if (found) return usable(found, image.id);
    throw new SlipwayError('bad-input', `OpenStack has no image "${image.id}" for this project`, { hint: IMAGES });
  }
  const list = () => allPages<Image>(openstack.image, '/images', 'images', { name: image.name });
  const all = [...(await site.memory.recall(`openstack image ${image.name}`, list))];
  const [newest] = all.sort((a, b) => b.created_at.localeCompare(a.created_at));
  if (newest) return usable(newest, image.name);
  const known = await allPages<Image>(openstack.image, '/images', 'images');
  const names = nearest(image.name, [...new Set(known.flatMap(({ name }) => name ?? []))]);
  throw new SlipwayError('bad-input', `OpenStack has no image "${image.name}" for this project`, {
    hint: names.length === 0 ? IMAGES : `There are: ${names.join(', ')}`,
  });
}

const IMAGES = 'This prints those that there are: openstack image list';

function usable(image: Image, given: string): Image {
  if (image.status === 'active') return image;
  throw new SlipwayError('bad-input', `The image "${given}" cannot be used: it is "${image.status}"`, { hint: IMAGES });
}

async function allNetworks({ openstack, site }: Place): Promise<readonly Network[]> {
  return site.memory.recall('openstack networks', () => allPages<Network>(openstack.network, '/networks', 'networks'));
}

const NETWORKS = 'openstack network list';

/** Those that are named, or the only one that the project can use. */
async function networksOf(place: Place): Promise<readonly Network[]> {
  const all = await allNetworks(place);
  const { networks } = place.settings;
  if (networks.length > 0) return networks.map((given) => pick('network', given, all, NETWORKS));
  const { project } = await place.openstack.session();
  const usable = all.filter(
    (each) => !each['router:external'] && each.subnets.length > 0 && (each.shared || each.tenant_id === project),
  );
  if (usable.length === 1) return usable;
  const names = usable.map(({ name }) => name).join(', ');
  const sentence = usable.length === 0 ? 'The project has no network' : 'The project has several networks';
  throw new SlipwayError('bad-input', `${sentence}, and none is named`, {
    hint:
      usable.length === 0 ? `Name one with --openstack-net-name; ${NETWORKS}` : `Say --openstack-net-name: ${names}`,
  });
}

async function poolOf(place: Place, given: string): Promise<Network> {
  const all = (await allNetworks(place)).filter((each) => each['router:external']);
  return pick('pool of floating addresses', given, all, `${NETWORKS} --external`);
}

async function groupOf({ openstack }: Place, given: string): Promise<string> {
  const { project } = await openstack.session();
  const all = await allPages<Named>(openstack.network, '/security-groups', 'security_groups', { tenant_id: project });
  return pick('security group', given, all, 'openstack security group list').id;
}

async function serverGroupOf({ openstack }: Place, given: string): Promise<string> {
  const all = await allPages<Named>(openstack.compute, '/os-server-groups', 'server_groups');
  return pick('server group', given, all, 'openstack server group list').id;
}

interface Zone {
  readonly zoneName: string;
  readonly zoneState: { readonly available: boolean };
}

async function checkZone({ openstack, settings }: Place): Promise<void> {
  const { zone } = settings;
  if (zone === undefined) return;
  const { availabilityZoneInfo: zones } = await openstack.compute.ask<{ availabilityZoneInfo: Zone[] }>(
    'GET',
    '/os-availability-zone',
  );
  const { zoneState } = pick(
    'availability zone',
    zone,
    zones.map((each) => ({ ...each, id: each.zoneName, name: each.zoneName })),
    'openstack availability zone list',
  );
  if (zoneState.available) return;
  throw new SlipwayError('no-capacity', `The availability zone "${zone}" is out of order`, {
    hint: 'Name another: --openstack-availability-zone',
  });
}

async function checkKeypair({ openstack, settings }: Place): Promise<void> {
  const { keypair } = settings;
  if (keypair === undefined) return;
  const path = `/os-keypairs/${encodeURIComponent(keypair)}`;
  if ((await ifThere(openstack.compute.ask('GET', path))) !== undefined) return;
  throw new SlipwayError('bad-input', `The user has no key pair "${keypair}"`, {
    hint: 'This prints those that there are: openstack keypair list',
  });
}

/** Another flavor may do. */
function checkFit(flavor: Flavor, image: Image, volume: VolumeFacts | undefined): void {
  const disk = volume?.size ?? flavor.disk;
  const label = image.name ?? image.id;
  const needed = Math.max(image.min_disk, Math.ceil((image.virtual_size ?? image.size ?? 0) / 2 ** 30));
  if (needed > disk) {
    throw new SlipwayError('bad-input', `The image "${label}" needs a disk of ${needed} GB, and gets ${disk}`, {
      hint: 'Name a larger flavor: --openstack-flavor-name; or --openstack-boot-from-volume with --openstack-volume-size',
    });
  }
  if (image.min_ram <= flavor.ram) return;
  const sentence = `The image "${label}" needs ${image.min_ram} MB of memory, and "${flavor.name}" has ${flavor.ram}`;
  throw new SlipwayError('bad-input', sentence, { hint: 'Name a larger flavor: --openstack-flavor-name' });
}
