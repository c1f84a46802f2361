import { SlipwayError } from '../../errors.ts';
import { allPages } from './pages.ts';
import { type Named, pick } from './pick.ts';
import type { Place } from './place.ts';

/** The volume that the disk shall be. */
export interface VolumeFacts {
  /** In GB. */
  readonly size: number;
  /** Absent for the one that the cloud takes by itself. */
  readonly type?: Named;
  /** That of the server, where volumes have one of this name too: not every cloud attaches them across. */
  readonly zone?: string;
}

interface Flavor {
  readonly name: string;
  /** In GB; 0 where it has none. */
  readonly disk: number;
}

/** Undefined where the server has a disk of its own. @throws SlipwayError `bad-input` for what there is not */
export async function volumeFactsOf(place: Place, flavor: Flavor): Promise<VolumeFacts | undefined> {
  const { openstack, settings } = place;
  if (settings.volume === undefined) {
    if (flavor.disk === 0) throw diskless(flavor);
    return undefined;
  }
  if (!(await openstack.session()).has('volume')) throw noVolumes();
  const size = settings.volume.size ?? flavor.disk;
  if (size === 0) throw sizeless(flavor);
  const [type, zone] = await Promise.all([typeOf(place, settings.volume.type), zoneOf(place)]);
  return { size, ...(type === undefined ? {} : { type }), ...(zone === undefined ? {} : { zone }) };
}

async function typeOf({ openstack }: Place, given: string | undefined): Promise<Named | undefined> {
  if (given === undefined) return undefined;
  const all = await allPages<Named>(openstack.volume, '/types', 'volume_types');
  return pick('volume type', given, all, 'openstack volume type list');
}

interface Zones {
  readonly availabilityZoneInfo: readonly { readonly zoneName: string }[];
}

async function zoneOf({ openstack, settings }: Place): Promise<string | undefined> {
  const { zone } = settings;
  if (zone === undefined) return undefined;
  const { availabilityZoneInfo: zones } = await openstack.volume.ask<Zones>('GET', '/os-availability-zone');
  return zones.some(({ zoneName }) => zoneName === zone) ? zone : undefined;
}

/** docs.openstack.org/nova, "os_compute_api:servers:create:zero_disk_flavor": users may not take them otherwise. */
function diskless({ name }: Flavor): SlipwayError {
  return new SlipwayError('bad-input', `The flavor "${name}" has no disk of its own: the machine needs a volume`, {
    hint: 'Say --openstack-boot-from-volume, and with --openstack-volume-size how many GB it shall have',
  });
}

function sizeless({ name }: Flavor): SlipwayError {
  return new SlipwayError('bad-input', `The flavor "${name}" does not say how large the volume shall be`, {
    hint: 'Say it with --openstack-volume-size',
  });
}

function noVolumes(): SlipwayError {
  return new SlipwayError('bad-input', 'This OpenStack has no volumes (Cinder) to boot from', {
    hint: 'Leave --openstack-boot-from-volume away.',
  });
}
