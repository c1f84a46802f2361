import { isIP, isIPv4 } from 'node:net';
import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { integer, list, text } from '../values.ts';
import { type Cloud, cloudOf } from './clouds.ts';
import { flags } from './flags.ts';
import { type Named, named, type ResourceType, TYPES } from './ids.ts';
import { type ImageChoice, imageChoice } from './image-names.ts';

/** What the flags say, understood, with one choice of each. */
export interface Settings {
  readonly cloud: Cloud;
  readonly subscription: string;
  readonly location: string;
  readonly zone?: string;
  readonly size: string;
  readonly image: ImageChoice;
  /** The user's own resource group. */
  readonly group?: string;
  readonly network?: { readonly vnet: Named; readonly subnet: string };
  /** Addresses of a network of our own, in CIDR notation. */
  readonly prefix: string;
  readonly securityGroup?: Named;
  readonly address?: Named;
  /** Whether the machine has a public address. */
  readonly isPublic: boolean;
  /** Whether it is reached there. */
  readonly reachedInPublic: boolean;
  readonly privateAddress?: string;
  readonly ipv6: boolean;
  readonly dnsLabel?: string;
  readonly user?: string;
  /** The file of the user's own private key. */
  readonly key?: string;
  readonly enginePort: number;
  readonly disk: Disk;
  readonly securityType: 'auto' | 'TrustedLaunch' | 'Standard';
  readonly metadataSecurity: 'off' | 'audit' | 'enforce';
  readonly encryptionAtHost: boolean;
  readonly identity?: Named;
  readonly availabilitySet?: Named;
  /** Absent: an ordinary machine. */
  readonly spot?: { readonly maxPrice: number };
  readonly tags: Readonly<Record<string, string>>;
}

export interface Disk {
  /** In GiB. */
  readonly size?: number;
  readonly type: string;
  readonly encryptionSet?: Named;
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const settings: Settings = {
    cloud: cloudOf(text(values, 'azure-environment') ?? 'AzurePublicCloud', text(values, 'azure-resource-manager-url')),
    subscription: subscriptionOf(values),
    ...placeOf(values),
    size: one(values, 'azure-size', /^[A-Za-z0-9_-]+$/) ?? 'Standard_B2ls_v2',
    image: imageChoice(text(values, 'azure-image') ?? 'debian-12'),
    ...networkOf(values),
    ...optional('user', userOf(values)),
    ...optional('key', text(values, 'azure-ssh-key')),
    enginePort: integer(values, 'azure-docker-port', { least: 1, most: 65535 }) ?? 2376,
    disk: diskOf(values),
    securityType: choice(values, 'azure-security-type', 'auto'),
    metadataSecurity: choice(values, 'azure-metadata-security', 'off'),
    encryptionAtHost: values['azure-encryption-at-host'] === true,
    ...optional('identity', resource(values, 'azure-identity', TYPES.identity)),
    ...optional('availabilitySet', resource(values, 'azure-availability-set', TYPES.availabilitySet)),
    ...optional('spot', spotOf(values)),
    tags: tagsOf(values),
  };
  return agreeing(settings);
}

/** @throws SlipwayError `bad-input` for what cannot go together */
function agreeing(settings: Settings): Settings {
  const { availabilitySet, zone, spot, isPublic, address, dnsLabel } = settings;
  const clash = (one: string, other: string) =>
    new SlipwayError('bad-input', `--azure-${one} and --azure-${other} do not go together`);
  if (availabilitySet && zone) throw clash('availability-set', 'zone');
  if (availabilitySet && spot) throw clash('availability-set', 'spot');
  if (!isPublic && address) throw clash('no-public-ip', 'public-ip');
  if (!isPublic && dnsLabel) throw clash('no-public-ip', 'dns');
  if (address && dnsLabel) throw clash('public-ip', 'dns');
  return settings;
}

function subscriptionOf(values: FlagValues): string {
  const given = text(values, 'azure-subscription-id');
  if (given === undefined) {
    throw new SlipwayError('bad-input', 'The driver "azure" needs to know which subscription pays', {
      hint: 'Say --azure-subscription-id ID; this prints it: az account show --query id --output tsv',
    });
  }
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) return given.toLowerCase();
  throw new SlipwayError('bad-input', `"${given}" is no id of a subscription`, {
    hint: 'It looks like this: 01234567-89ab-cdef-0123-456789abcdef',
  });
}

function placeOf(values: FlagValues) {
  const location = one(values, 'azure-location', /^[A-Za-z0-9 ]+$/) ?? 'eastus2';
  const group = one(values, 'azure-resource-group', /^[\w().-]{0,89}[\w()-]$/);
  return {
    location: location.toLowerCase().replaceAll(' ', ''), // "West Europe" is how the portal shows "westeurope"
    ...optional('zone', one(values, 'azure-zone', /^[1-9]$/)),
    ...optional('group', group),
  };
}

function networkOf(values: FlagValues) {
  const vnet = resource(values, 'azure-vnet', TYPES.network);
  const subnet = one(values, 'azure-subnet', /^[\w.-]{1,80}$/);
  if (subnet !== undefined && !vnet) {
    throw new SlipwayError('bad-input', '--azure-subnet is for a network that you name', {
      hint: 'Say --azure-vnet NAME',
    });
  }
  const isPublic = values['azure-no-public-ip'] !== true;
  return {
    ...optional('network', vnet && { vnet, subnet: subnet ?? 'default' }),
    prefix: prefixOf(values),
    ...optional('securityGroup', resource(values, 'azure-network-security-group', TYPES.securityGroup)),
    ...optional('address', resource(values, 'azure-public-ip', TYPES.address)),
    isPublic,
    reachedInPublic: isPublic && values['azure-use-private-ip'] !== true,
    ...optional('privateAddress', privateAddressOf(values)),
    ipv6: values['azure-ipv6'] === true,
    ...optional('dnsLabel', one(values, 'azure-dns', /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/)),
  };
}

function prefixOf(values: FlagValues): string {
  const prefix = text(values, 'azure-subnet-prefix') ?? '192.168.0.0/16';
  const [address = '', bits = '', ...rest] = prefix.split('/');
  if (isIPv4(address) && /^\d+$/.test(bits) && Number(bits) >= 8 && Number(bits) <= 29 && rest.length === 0)
    return prefix;
  throw new SlipwayError('bad-input', `"${prefix}" is no network for machines`, {
    hint: 'Write an IPv4 network from /8 to /29: 192.168.0.0/16',
  });
}

function privateAddressOf(values: FlagValues): string | undefined {
  const address = text(values, 'azure-private-ip-address');
  if (address === undefined || isIP(address) === 4) return address;
  throw new SlipwayError('bad-input', `"${address}" is no IPv4 address`);
}

/** What Azure refuses as the name of an administrator; see "osProfile.adminUsername" in its reference. */
const FORBIDDEN = new Set(
  (
    'administrator admin user user1 test user2 test1 user3 admin1 1 123 a actuser adm admin2 aspnet backup console david ' +
    'guest john owner root server sql support support_388945a0 sys test2 test3 user4 user5'
  ).split(' '),
);

function userOf(values: FlagValues): string | undefined {
  const user = one(values, 'azure-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/);
  if (user === undefined || !FORBIDDEN.has(user)) return user;
  throw new SlipwayError('bad-input', `Azure takes no user of the name "${user}"`);
}

function diskOf(values: FlagValues): Disk {
  return {
    ...optional('size', integer(values, 'azure-disk-size', { least: 1, most: 4095 })),
    type: choice(values, 'azure-storage-type', 'StandardSSD_LRS'),
    ...optional('encryptionSet', resource(values, 'azure-disk-encryption-set', TYPES.encryptionSet)),
  };
}

function spotOf(values: FlagValues): Settings['spot'] {
  const price = text(values, 'azure-spot-max-price');
  if (price !== undefined && !(/^\d+(\.\d{1,5})?$/.test(price) && Number(price) > 0)) {
    throw new SlipwayError('bad-input', `"${price}" is no price in US dollars`, { hint: 'Write it as 0.02' });
  }
  if (values['azure-spot'] === true) return { maxPrice: price === undefined ? -1 : Number(price) };
  for (const flag of ['azure-spot-max-price', 'azure-spot-fallback']) {
    const given = values[flag];
    if (given === undefined || given === false || given === '') continue;
    if (values['azure-spot'] === false) continue; // the ordinary machine after a spot one that could not be had
    throw new SlipwayError('bad-input', `--${flag} is for a spot machine`, { hint: 'Say --azure-spot as well.' });
  }
  return undefined;
}

/** Azure's own limits: a name has at most 512 signs and none of <>%&\?/, a value at most 256. */
function tagsOf(values: FlagValues): Record<string, string> {
  return Object.fromEntries(
    list(values, 'azure-tag').map((given) => {
      const [, name, value] = /^([^=<>%&\\?/]{1,512})=(.{0,256})$/.exec(given) ?? [];
      if (name !== undefined && !name.startsWith('slipway-')) return [name, value ?? ''];
      throw new SlipwayError('bad-input', `"${given}" is no tag`, {
        hint: 'Write NAME=VALUE, without <>%&\\?/ in the name; names that begin with "slipway-" are ours.',
      });
    }),
  );
}

function resource(values: FlagValues, flag: string, type: ResourceType): Named | undefined {
  const given = text(values, flag);
  return given === undefined ? undefined : named(given, flag, type);
}

function one(values: FlagValues, flag: string, shape: RegExp): string | undefined {
  const given = text(values, flag);
  if (given === undefined || shape.test(given)) return given;
  throw new SlipwayError('bad-input', `--${flag} cannot be "${given}"`);
}

function choice<T extends string>(values: FlagValues, flag: string, otherwise: T): T {
  const given = text(values, flag) ?? otherwise;
  const choices = flags[flag]?.choices ?? [];
  if (choices.includes(given)) return given as T;
  throw new SlipwayError('bad-input', `--${flag} takes one of ${choices.join(', ')}, not "${given}"`);
}

function optional<K extends string, T>(key: K, value: T | undefined): { [_ in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [_ in K]?: T });
}
