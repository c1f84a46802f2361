import { isIP } from 'node:net';
import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { checked, choices, integer, list, text } from '../values.ts';
import { usualDisk } from './architecture.ts';
import { type ImageName, imageName } from './images.ts';
import { networkPath, subnetworkPath } from './paths.ts';

/** What the flags say, understood. */
export interface Settings {
  readonly project: string;
  readonly zone: string;
  readonly region: string;
  readonly type: string;
  readonly image: ImageName;
  readonly spot: boolean;
  readonly user?: string;
  /** The file of the user's own private key. */
  readonly key?: string;
  readonly serviceAccount?: { readonly email: string; readonly scopes: readonly string[] };
  readonly disk: { readonly size: number; readonly type: string; readonly key?: string };
  readonly network: Network;
  /** "projects/p/regions/r/subnetworks/s". */
  readonly subnetwork?: string;
  readonly address: Address;
  /** Which address to connect to. */
  readonly reach: 'external' | 'internal';
  readonly ipv6: boolean;
  readonly tags: readonly string[];
  /** Names of firewall rules that are there; rules of its own when empty. */
  readonly rules: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly secureBoot: boolean;
  /** The instance is somebody else's. */
  readonly existing: boolean;
}

/** A network of ours, the user's ("projects/p/global/networks/n"), or the one that the subnetwork belongs to. */
export type Network = 'own' | 'of-subnetwork' | { readonly path: string };

/** The external address: none, one for as long as the machine runs, a static one of ours, or the user's. */
export type Address = 'none' | 'passing' | 'own' | { readonly name: string } | { readonly ip: string };

const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const PROJECT = /^(?:[-a-z0-9.]{1,63}:)?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const project = projectOf(values);
  const zone = zonesOf(values)[0] ?? '';
  const region = zone.replace(/-[a-z]$/, '');
  const type = typesOf(values)[0] ?? '';
  const [user, serviceAccount] = [userOf(values), serviceAccountOf(values)];
  const key = text(values, 'google-ssh-key');
  return {
    project,
    zone,
    region,
    type,
    image: imageName(text(values, 'google-machine-image') ?? 'ubuntu-24.04'),
    spot: wantsSpot(values),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { key }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    disk: diskOf(values, type),
    ...networkOf(values, project, region),
    address: addressOf(values),
    reach:
      yes(values, 'google-use-internal-ip') || yes(values, 'google-use-internal-ip-only') ? 'internal' : 'external',
    ipv6: ipv6Of(values),
    tags: list(values, 'google-tags')
      .flatMap(words)
      .map((tag) => checked('network tag', tag, NAME)),
    rules: rulesOf(values),
    labels: labelsOf(values),
    secureBoot: !yes(values, 'google-no-secure-boot'),
    existing: yes(values, 'google-use-existing'),
  };
}

/** @throws SlipwayError `bad-input` when there is none */
export function projectOf(values: FlagValues): string {
  const project = text(values, 'google-project');
  if (project !== undefined) return checked('project', project, PROJECT);
  throw new SlipwayError('bad-input', 'The driver "google" needs the id of a project', {
    hint: 'Say --google-project ID, or set GOOGLE_PROJECT. This prints yours: gcloud config get project',
  });
}

export function zonesOf(values: FlagValues): string[] {
  return choices(values, 'google-zone', 'us-central1-a').map((zone) =>
    checked('zone', zone, /^[a-z]+-[a-z]+\d+-[a-z]$/),
  );
}

export function typesOf(values: FlagValues): string[] {
  return choices(values, 'google-machine-type', 'e2-medium').map((type) => checked('machine type', type, NAME));
}

export function wantsSpot(values: FlagValues): boolean {
  return ['google-spot', 'google-spot-fallback', 'google-preemptible'].some((flag) => yes(values, flag));
}

export function yes(values: FlagValues, flag: string): boolean {
  return values[flag] === true;
}

function words(given: string): string[] {
  return given.split(/[\s,]+/).filter((word) => word !== '');
}

function userOf(values: FlagValues): string | undefined {
  const user = text(values, 'google-username');
  return user === undefined ? undefined : checked('user', user, /^[a-z_][a-z0-9_-]{0,31}$/);
}

function serviceAccountOf(values: FlagValues): Settings['serviceAccount'] {
  const email = text(values, 'google-service-account');
  if (email === undefined) return undefined;
  const scopes = words(text(values, 'google-scopes') ?? '');
  for (const scope of scopes) checked('scope', scope, /^https:\/\/[\w./-]+$/);
  return { email: checked('service account', email, /^(default|[\w.+-]+@[\w.-]+)$/), scopes };
}

function diskOf(values: FlagValues, type: string): Settings['disk'] {
  const key = text(values, 'google-disk-kms-key');
  const size = integer(values, 'google-disk-size', { least: 10, most: 65_536 }) ?? 20;
  return {
    size,
    type: checked('disk type', text(values, 'google-disk-type') ?? usualDisk(type), NAME),
    ...(key === undefined ? {} : { key: checked('key', key, KEY) }),
  };
}

const KEY = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+(\/cryptoKeyVersions\/\d+)?$/;

function networkOf(values: FlagValues, project: string, region: string): Pick<Settings, 'network' | 'subnetwork'> {
  const network = text(values, 'google-network');
  const named = text(values, 'google-subnetwork');
  const subnetwork = named === undefined ? {} : { subnetwork: subnetworkPath(named, project, region) };
  if (network === undefined && named !== undefined) return { network: 'of-subnetwork', ...subnetwork };
  if (network !== 'own') return { network: { path: networkPath(network ?? 'default', project) }, ...subnetwork };
  if (named === undefined) return { network: 'own' };
  throw new SlipwayError('bad-input', 'A network of its own has no subnetwork that is there already', {
    hint: 'Leave either --google-network own or --google-subnetwork away.',
  });
}

function addressOf(values: FlagValues): Address {
  const given = text(values, 'google-address');
  const [own, none] = [yes(values, 'google-static-address'), yes(values, 'google-use-internal-ip-only')];
  if ([given !== undefined, own, none].filter(Boolean).length > 1) {
    throw new SlipwayError('bad-input', 'Only one of these decides on the external address', {
      hint: 'Say --google-address, --google-static-address or --google-use-internal-ip-only.',
    });
  }
  if (none) return 'none';
  if (given === undefined) return own ? 'own' : 'passing';
  return isIP(given) === 4 ? { ip: given } : { name: checked('address', given, NAME) };
}

function ipv6Of(values: FlagValues): boolean {
  if (!yes(values, 'google-ipv6')) return false;
  if (text(values, 'google-subnetwork') !== undefined) return true;
  throw new SlipwayError('bad-input', '--google-ipv6 needs a subnetwork that gives out external IPv6 addresses', {
    hint: 'Name one: --google-subnetwork NAME',
  });
}

function rulesOf(values: FlagValues): string[] {
  const rules = list(values, 'google-firewall').map((rule) => checked('firewall rule', rule, NAME));
  if (rules.length === 0 || text(values, 'google-network') !== 'own') return rules;
  throw new SlipwayError('bad-input', 'A network of its own has no firewall rules that are there already', {
    hint: 'Leave either --google-network own or --google-firewall away.',
  });
}

function labelsOf(values: FlagValues): Readonly<Record<string, string>> {
  const pairs = words(text(values, 'google-labels') ?? '').map((pair) => {
    const [, key = '', value = ''] = /^([a-z][a-z0-9_-]{0,62})=([a-z0-9_-]{0,63})$/.exec(pair) ?? [];
    if (key !== '' && !key.startsWith('slipway-')) return [key, value] as const;
    throw new SlipwayError('bad-input', `"${pair}" is no label`, {
      hint: 'Write KEY=VALUE with a-z, 0-9, _ and -; keys that begin with "slipway-" are ours.',
    });
  });
  return Object.fromEntries(pairs);
}
