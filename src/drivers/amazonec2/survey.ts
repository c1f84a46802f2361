import type { Found, Removable, Site } from '../driver.ts';
import { addressPart } from './addresses.ts';
import type { Api } from './api.ts';
import type { Ec2 } from './client.ts';
import { groupPart } from './groups.ts';
import { instancePart } from './instance.ts';
import { stateOf } from './instances.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import { ifKnown } from './settling.ts';
import { labelsIn, ours } from './tags.ts';

/**
 * Everything of ours in one region that costs something or stands in the way. There are no key pairs of ours. A request
 * for a spot instance is answered at once and asks for one instance only: it ends with that, or never made one. A network
 * interface goes with its instance.
 */
export async function everythingIn(api: Api, region: string): Promise<Found[]> {
  const [instances, ...rest] = await Promise.all([instancesOf(api), groupsOf(api), addressesOf(api), volumesOf(api)]);
  return [...rest.flat(), ...instances].map((found) => ({ ...found, where: region }));
}

/** In the order made; a disk is made with its instance. */
export function removableIn(ec2: Ec2, settings: Settings, site: Site): Removable[] {
  return [
    groupPart(ec2, settings, site),
    addressPart(ec2, settings, site),
    { kind: 'volume', destroy: async (id) => void (await ifKnown((await ec2()).deleteVolume({ VolumeId: id }))) },
    instancePart(ec2, settings, site),
  ];
}

async function instancesOf(api: Api): Promise<Found[]> {
  const asked = { Filters: ours, MaxResults: 1000 };
  const all = await allPages(api.instances, asked, (page) =>
    page.Reservations?.flatMap((each) => each.Instances ?? []),
  );
  const living = all.filter((each) => stateOf(each) !== 'Gone');
  return living.map(({ InstanceId = '', Tags }) => ({ kind: 'instance', id: InstanceId, labels: labelsIn(Tags) }));
}

async function groupsOf(api: Api): Promise<Found[]> {
  const all = await allPages(api.groups, { Filters: ours, MaxResults: 1000 }, (page) => page.SecurityGroups);
  return all.map(({ GroupId = '', Tags }) => ({ kind: 'security-group', id: GroupId, labels: labelsIn(Tags) }));
}

async function addressesOf(api: Api): Promise<Found[]> {
  const { Addresses = [] } = await api.addresses({ Filters: ours });
  return Addresses.map(({ AllocationId = '', Tags }) => ({
    kind: 'address',
    id: AllocationId,
    labels: labelsIn(Tags),
  }));
}

/**
 * A disk goes with its instance, unless somebody set it to be kept. One that is in use belongs to its instance, or to
 * another by now, and then it is no longer ours.
 */
const left = [...ours, { Name: 'status', Values: ['available'] }];

async function volumesOf(api: Api): Promise<Found[]> {
  const all = await allPages(api.volumes, { Filters: left, MaxResults: 500 }, (page) => page.Volumes);
  return all.map(({ VolumeId = '', Tags }) => ({ kind: 'volume', id: VolumeId, labels: labelsIn(Tags) }));
}
