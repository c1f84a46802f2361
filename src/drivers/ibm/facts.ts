import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import { allPages } from './client.ts';
import { ifThere } from './failures.ts';
import { ADDRESSES, GROUPS, KEYS, type Kept, meant } from './kept.ts';
import type { Place } from './place.ts';

/** What IBM tells about what was asked for. */
export interface Facts {
  readonly profile: Profile;
  readonly subnet: Subnet;
  readonly image: Image;
  readonly named: Named;
}

export interface Profile {
  readonly name: string;
  readonly memory: { readonly value?: number };
  readonly vcpu_count: { readonly value?: number };
  readonly os_architecture: { readonly values: readonly string[] };
}

export interface Subnet extends Kept {
  readonly zone: { readonly name: string };
  readonly vpc: Kept;
  readonly available_ipv4_address_count: number;
}

export interface Image extends Kept {
  readonly created_at: string;
  readonly status: string;
  readonly user_data_format: string;
  readonly minimum_provisioned_size?: number;
  readonly operating_system: { readonly name: string; readonly architecture: string };
}

/** The ids of what is the user's own. */
export interface Named {
  readonly key?: string;
  readonly groups: readonly string[];
  readonly floatingIp?: string;
}

/** @throws SlipwayError `bad-input` for what there is not; `no-capacity` for what another zone may have */
export async function factsOf(place: Place): Promise<Facts> {
  await checkZone(place);
  const [profile, subnet, image] = await Promise.all([profileOf(place), subnetOf(place), imageOf(place)]);
  checkImage(place, image, profile);
  return { profile, subnet, image, named: await namedBy(place, subnet) };
}

async function checkZone({ ibm, settings, site }: Place): Promise<void> {
  const { region, zone } = settings;
  const ask = () => ibm.ask<{ zones: { name: string; status: string }[] }>('GET', `/regions/${region}/zones`);
  const { zones } = await site.memory.recall(`ibm zones ${region}`, ask);
  const found = zones.find(({ name }) => name === zone);
  if (zone === undefined || found?.status === 'available') return;
  const known = zones.map(({ name }) => name);
  if (found === undefined) throw unknown('zone', zone, known);
  throw new SlipwayError('no-capacity', `The zone "${zone}" of IBM Cloud is out of order`, {
    hint: `Name others: --ibm-zone ${known.filter((name) => name !== zone).join(',')}`,
  });
}

function unknown(what: string, given: string, known: readonly string[]): SlipwayError {
  const near = nearest(given, known).join(', ');
  return new SlipwayError('bad-input', `IBM Cloud has no ${what} "${given}"`, { hint: `There are: ${near}` });
}

async function profileOf({ ibm, settings, site }: Place): Promise<Profile> {
  const { region, profile } = settings;
  const ask = () => ifThere(ibm.ask<Profile>('GET', `/instance/profiles/${profile}`));
  const found = await site.memory.recall(`ibm profile ${region} ${profile}`, ask);
  if (found) return found;
  const { profiles } = await ibm.ask<{ profiles: Profile[] }>('GET', '/instance/profiles');
  throw unknown(
    'instance profile',
    profile,
    profiles.map(({ name }) => name),
  );
}

const SUBNETS = 'This prints those that there are: ibmcloud is subnets';

async function subnetOf({ ibm, settings, site }: Place): Promise<Subnet> {
  const { region, zone, vpc, subnet } = settings;
  const all = await site.memory.recall(`ibm subnets ${region}`, () => allPages<Subnet>(ibm, 'subnets'), FRESH);
  const inVpc = all.filter((each) => vpc === undefined || [each.vpc.id, each.vpc.name].includes(vpc));
  if (vpc !== undefined && inVpc.length === 0) {
    throw new SlipwayError('bad-input', `There is no VPC "${vpc}" with a subnet in "${region}"`, { hint: SUBNETS });
  }
  const wanted = subnet === undefined ? inVpc : inVpc.filter(({ id, name }) => id === subnet || name === subnet);
  if (wanted.length === 0) throw noSubnet(settings);
  checkOneVpc(wanted);
  const there = wanted.filter((each) => zone === undefined || each.zone.name === zone);
  const found = there.find((each) => each.available_ipv4_address_count > 0);
  if (found) return found;
  const why = there.length === 0 ? 'is no such subnet' : 'is no address left in such a subnet';
  throw new SlipwayError('no-capacity', `In the zone "${zone ?? wanted[0]?.zone.name}" there ${why}`, {
    hint: `There are some in: ${[...new Set(wanted.map((each) => each.zone.name))].join(', ')}`,
  });
}

/** For the machines of one command; in milliseconds, as others take addresses too. */
const FRESH = 10_000;

function noSubnet({ subnet, region }: Place['settings']): SlipwayError {
  return subnet === undefined
    ? new SlipwayError('bad-input', `The account has no VPC with a subnet in "${region}"`, {
        hint: 'Make them with: ibmcloud is vpc-create, and: ibmcloud is subnet-create',
      })
    : new SlipwayError('bad-input', `There is no subnet "${subnet}" in "${region}"`, { hint: SUBNETS });
}

/** Which one was meant must not be left to chance. */
function checkOneVpc(subnets: readonly Subnet[]): void {
  const names = [...new Set(subnets.map(({ vpc }) => vpc.name))];
  if (names.length === 1) return;
  throw new SlipwayError('bad-input', 'There are several VPCs in the region', {
    hint: `Say which: --ibm-vpc ${names.join(', or --ibm-vpc ')}`,
  });
}

async function imageOf({ ibm, settings, site }: Place): Promise<Image> {
  const { image: given, region } = settings;
  if (/^r\d+-/.test(given)) {
    const found = await ifThere(ibm.ask<Image>('GET', `/images/${given}`));
    if (found) return found;
    throw new SlipwayError('bad-input', `There is no image "${given}" in "${region}"`, { hint: IMAGES });
  }
  const [named] = await site.memory.recall(`ibm image ${region} ${given}`, () =>
    allPages<Image>(ibm, 'images', { name: given }),
  );
  if (named) return named;
  const stock = await site.memory.recall(`ibm images ${region}`, () =>
    allPages<Image>(ibm, 'images', { visibility: 'public', status: 'available' }),
  );
  const ofSystem = stock.filter(({ operating_system }) => operating_system.name === given);
  const [newest] = ofSystem.sort((a, b) => b.created_at.localeCompare(a.created_at));
  if (newest) return newest;
  throw unknown('image or operating system', given, [
    ...new Set(stock.map(({ operating_system }) => operating_system.name)),
  ]);
}

const IMAGES = 'This prints those that there are: ibmcloud is images';

function checkImage({ settings }: Place, image: Image, profile: Profile): void {
  const { architecture } = image.operating_system;
  if (!profile.os_architecture.values.includes(architecture)) {
    const sentence = `The image "${image.name}" is for ${architecture}, and "${profile.name}" is not`;
    throw new SlipwayError('bad-input', sentence, { hint: 'Name another image, or another profile.' });
  }
  if (image.user_data_format !== 'cloud_init') {
    throw new SlipwayError('bad-input', `The image "${image.name}" has no cloud-init`, { hint: 'Name another image.' });
  }
  const least = image.minimum_provisioned_size ?? 0;
  if (settings.diskSize === undefined || settings.diskSize >= least) return;
  throw new SlipwayError('bad-input', `The image "${image.name}" needs a disk of ${least} GB`, {
    hint: `Say --ibm-disk-size ${least}`,
  });
}

interface FloatingIp extends Kept {
  readonly address: string;
  readonly zone: { readonly name: string };
  readonly target?: object;
}

interface Group extends Kept {
  readonly vpc: Kept;
}

async function namedBy({ ibm, settings }: Place, subnet: Subnet): Promise<Named> {
  const { key, groups } = settings;
  const keys = key === undefined ? [] : await allPages<Kept>(ibm, KEYS.path);
  const inVpc = groups.length === 0 ? [] : await allPages<Group>(ibm, GROUPS.path, { 'vpc.id': subnet.vpc.id });
  const address = await floatingIpOf({ ibm, settings }, subnet);
  return {
    ...(key === undefined ? {} : { key: meant(keys, KEYS.what, key, HINTS.key).id }),
    groups: groups.map((group) => meant(inVpc, GROUPS.what, group, HINTS.group).id),
    ...(address === undefined ? {} : { floatingIp: address.id }),
  };
}

const HINTS = {
  key: 'This prints those that there are: ibmcloud is keys',
  group: 'This prints those that there are: ibmcloud is security-groups',
  address: 'This prints those that there are: ibmcloud is floating-ips',
};

async function floatingIpOf(
  { ibm, settings }: Pick<Place, 'ibm' | 'settings'>,
  subnet: Subnet,
): Promise<FloatingIp | undefined> {
  const given = settings.floatingIp;
  if (given === undefined) return undefined;
  const all = await allPages<FloatingIp>(ibm, ADDRESSES.path);
  const found = all.find(({ address }) => address === given) ?? meant(all, ADDRESSES.what, given, HINTS.address);
  if (found.target) {
    throw new SlipwayError('bad-input', `The floating address "${given}" is in use`, { hint: HINTS.address });
  }
  if (found.zone.name === subnet.zone.name) return found;
  throw new SlipwayError('no-capacity', `The floating address "${given}" is in "${found.zone.name}"`, {
    hint: `Say --ibm-zone ${found.zone.name}`,
  });
}
