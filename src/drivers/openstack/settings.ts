import { isIP } from 'node:net';
import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { integer, optional, text } from '../values.ts';
import { cloudOf, regionOf } from './access.ts';

/** What the flags say, understood. Where something of the user's is named, a name and an id are the same. */
export interface Settings {
  readonly zone?: string;
  readonly flavor: string;
  readonly image: { readonly name: string } | { readonly id: string };
  /** The user's own key pair, which is given to the server instead of one of ours. */
  readonly keypair?: string;
  readonly keyPath?: string;
  /** The first is the one through which the machine is reached; none where the project has just one. */
  readonly networks: readonly string[];
  /** The external network that a floating address of ours shall be from. */
  readonly pool?: string;
  /** The user's own floating address. */
  readonly floating?: string;
  readonly family: 4 | 6;
  readonly groups: readonly string[];
  readonly serverGroup?: string;
  readonly volume?: { readonly size?: number; readonly type?: string };
  readonly configDrive: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly sshPort: number;
  /** For how many milliseconds a server may be being built. */
  readonly patience: number;
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  if (values['openstack-nova-network'] === true) throw noNovaNetwork();
  const [zone] = words(values, 'openstack-availability-zone');
  return {
    ...(zone === undefined ? {} : { zone }),
    flavor: flavorsOf(values).given[0] as string,
    image: imageOf(values),
    ...optional(values, 'keypair', 'openstack-keypair-name', NAME),
    ...optional(values, 'keyPath', 'openstack-private-key-file', /./),
    networks: eitherOf(values, 'openstack-net-name', 'openstack-net-id', 'network')?.given ?? [],
    ...addressOf(values),
    family: familyOf(values),
    groups: words(values, 'openstack-sec-groups'),
    ...optional(values, 'serverGroup', 'openstack-server-group', NAME),
    ...volumeOf(values),
    configDrive: values['openstack-config-drive'] === true,
    metadata: metadataOf(values),
    ...optional(values, 'user', 'openstack-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'openstack-ssh-port', { least: 1, most: 65_535 }) ?? 22,
    patience: 1000 * (integer(values, 'openstack-active-timeout', { least: 1, most: 86_400 }) ?? 200),
  };
}

/** Each with one flavor and one zone; the flavors before the zones. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  const { flag, given } = flavorsOf(values);
  const zones = words(values, 'openstack-availability-zone');
  const one = (flavor: string) => ({ ...values, ...pinned(values), [flag]: flavor });
  if (zones.length === 0) return given.map(one);
  return given.flatMap((flavor) => zones.map((zone) => ({ ...one(flavor), 'openstack-availability-zone': zone })));
}

/** The cloud and the region that are meant now are the machine's, whichever are meant later. */
function pinned(values: FlagValues): FlagValues {
  const [cloud, region] = [cloudOf(values), regionOf(values)];
  return {
    ...(cloud === undefined ? {} : { 'openstack-cloud': cloud }),
    ...(region === undefined ? {} : { 'openstack-region': region }),
  };
}

/** OpenStack takes nearly everything in names; lists of ours are apart by commas. */
const NAME = /^[^,\p{Cc}]{1,255}$/u;

interface Either {
  readonly flag: string;
  readonly given: readonly string[];
}

function flavorsOf(values: FlagValues): Either {
  const found = eitherOf(values, 'openstack-flavor-name', 'openstack-flavor-id', 'flavor');
  if (found) return found;
  throw new SlipwayError('bad-input', 'No flavor is named, and each OpenStack has others', {
    hint: 'Name one with --openstack-flavor-name; this prints them: openstack flavor list',
  });
}

function imageOf(values: FlagValues): Settings['image'] {
  const found = eitherOf(values, 'openstack-image-name', 'openstack-image-id', 'image');
  const [named = ''] = found?.given ?? [];
  if (found) return found.flag === 'openstack-image-id' ? { id: named } : { name: named };
  throw new SlipwayError('bad-input', 'No image is named, and each OpenStack has others', {
    hint: 'Name one that has cloud-init with --openstack-image-name; this prints them: openstack image list',
  });
}

/** Which of two flags was given; only one may be. */
function eitherOf(values: FlagValues, byName: string, byId: string, what: string): Either | undefined {
  const given = [byName, byId]
    .map((flag) => ({ flag, given: words(values, flag) }))
    .filter((each) => each.given.length);
  if (given.length < 2) return given[0];
  throw new SlipwayError('bad-input', `Only one of these decides on the ${what}`, {
    hint: `Say --${byName} or --${byId}.`,
  });
}

/** The names in a list; an image may have commas in its name. */
function words(values: FlagValues, flag: string): string[] {
  const given = text(values, flag);
  if (given === undefined) return [];
  const separator = flag.startsWith('openstack-image') ? /$/ : ',';
  const names = given.split(separator).map((word) => word.trim());
  const wrong = names.find((name) => !/^[^\p{Cc}]{1,255}$/u.test(name));
  if (wrong === undefined) return names;
  throw new SlipwayError('bad-input', `--${flag} does not take "${given}"`);
}

function addressOf(values: FlagValues): Pick<Settings, 'pool' | 'floating'> {
  const pool = optional(values, 'pool', 'openstack-floatingip-pool', NAME);
  const floating = optional(values, 'floating', 'openstack-floatingip', /^/);
  if (floating.floating !== undefined && isIP(floating.floating) !== 4) {
    throw new SlipwayError('bad-input', `--openstack-floatingip takes an address, not "${floating.floating}"`, {
      hint: 'This prints those that there are: openstack floating ip list',
    });
  }
  if (pool.pool === undefined || floating.floating === undefined) return { ...pool, ...floating };
  throw new SlipwayError('bad-input', 'Only one of these decides on the floating address', {
    hint: 'Say --openstack-floatingip-pool or --openstack-floatingip.',
  });
}

function familyOf(values: FlagValues): 4 | 6 {
  const given = integer(values, 'openstack-ip-version', { least: 4, most: 6 }) ?? 4;
  if (given === 4 || given === 6) return given;
  throw new SlipwayError('bad-input', `--openstack-ip-version takes 4 or 6, not "${given}"`);
}

function volumeOf(values: FlagValues): Pick<Settings, 'volume'> {
  const size = integer(values, 'openstack-volume-size', { least: 1, most: 65_536 });
  const type = optional(values, 'type', 'openstack-volume-type', NAME);
  if (values['openstack-boot-from-volume'] === true)
    return { volume: { ...(size === undefined ? {} : { size }), ...type } };
  if (size === undefined && type.type === undefined) return {};
  throw new SlipwayError('bad-input', 'The machine has no volume that could have a size or a type', {
    hint: 'Say --openstack-boot-from-volume too.',
  });
}

/** docs.openstack.org/api-ref/compute: what the compute service takes as a key. */
const KEY = /^[a-zA-Z0-9\-_:. ]{1,255}$/;

function metadataOf(values: FlagValues): Readonly<Record<string, string>> {
  const given = text(values, 'openstack-metadata')?.split(',') ?? [];
  const pairs = Array.from({ length: Math.ceil(given.length / 2) }, (_, n) => given.slice(2 * n, 2 * n + 2));
  const wrong = pairs.find(([key = '', value]) => !KEY.test(key) || value === undefined || value.length > 255);
  const ours = pairs.find(([key = '']) => key.startsWith('slipway-'));
  if (wrong === undefined && ours === undefined) return Object.fromEntries(pairs);
  throw new SlipwayError('bad-input', `"${(wrong ?? ours)?.join(',')}" is no metadata`, {
    hint: 'Write KEY,VALUE,KEY,VALUE with letters, digits, "-", "_", ":", "." and blanks in the keys; those that begin with "slipway-" are ours.',
  });
}

function noNovaNetwork(): SlipwayError {
  return new SlipwayError('bad-input', 'Slipway does not support nova-network, which OpenStack removed in 2019', {
    hint: 'Leave --openstack-nova-network away.',
  });
}
