import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { integer, list, text } from '../values.ts';
import { type ImageWish, imageWish } from './wish.ts';

/** Where to ask, and how patiently. */
export interface Place {
  readonly region: string;
  /** Instead of the region's own. */
  readonly endpoint?: string;
  /** How often a request is sent at most. */
  readonly attempts: number;
}

/** What the flags say, understood; of lists the first choice. */
export interface Settings extends Place {
  readonly type: string;
  /** "us-east-1a"; any zone that has the type when absent. */
  readonly zone?: string;
  readonly image: ImageWish;
  /** Absent for an instance on demand. `price` is in USD an hour. */
  readonly spot?: { readonly price?: string };
  readonly disk: { readonly size: number; readonly type: 'gp3' | 'gp2' | 'standard'; readonly key?: string };
  readonly device?: string;
  readonly vpc?: string;
  readonly subnet?: string;
  /** Names or ids of groups that are there; a group of its own when empty. */
  readonly groups: readonly string[];
  /** "new", an address or an allocation's id. */
  readonly elastic?: string;
  readonly publicAddress: boolean;
  /** Reached by its private address. */
  readonly privately: boolean;
  readonly ipv6: boolean;
  readonly profile?: string;
  readonly keyPair?: string;
  /** The file of a private key, instead of one that is made. */
  readonly keyPath?: string;
  readonly user?: string;
  readonly sshPort: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly monitoring: boolean;
  readonly ebsOptimized: boolean;
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const [type = ''] = typesOf(values);
  const [zone] = zonesOf(values);
  return {
    ...placeOf(values),
    type,
    ...(zone === undefined ? {} : { zone }),
    image: imageWish(text(values, 'amazonec2-ami') ?? 'debian-12'),
    ...spotOf(values),
    disk: diskOf(values),
    ...given(values, 'device', 'amazonec2-device-name', /^\/dev\/[a-z0-9]+$/),
    ...given(values, 'vpc', 'amazonec2-vpc-id', /^vpc-[0-9a-f]+$/),
    ...given(values, 'subnet', 'amazonec2-subnet-id', /^subnet-[0-9a-f]+$/),
    groups: list(values, 'amazonec2-security-group'),
    ...reachOf(values),
    ...given(values, 'profile', 'amazonec2-iam-instance-profile', /^[\w+=,.@:/-]+$/),
    ...given(values, 'keyPair', 'amazonec2-keypair-name'),
    ...given(values, 'keyPath', 'amazonec2-ssh-keypath'),
    ...given(values, 'user', 'amazonec2-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'amazonec2-ssh-port', { least: 1, most: 65535 }) ?? 22,
    tags: tagsOf(text(values, 'amazonec2-tags')),
    monitoring: values['amazonec2-monitoring'] === true,
    ebsOptimized: values['amazonec2-use-ebs-optimized-instance'] === true,
  };
}

/** @throws SlipwayError `bad-input` */
export function placeOf(values: FlagValues): Place {
  const retries = integer(values, 'amazonec2-retries', { least: -1, most: 20 }) ?? 5;
  const endpoint = endpointOf(values);
  return { region: regionOf(values), attempts: Math.max(retries, 0) + 1, ...(endpoint ? { endpoint } : {}) };
}

/** The region given, else that of the provider's own variable. @throws SlipwayError `bad-input` */
export function regionOf(values: FlagValues): string {
  const region = text(values, 'amazonec2-region') ?? (process.env.AWS_REGION || 'us-east-1');
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) return region;
  throw new SlipwayError('bad-input', `"${region}" is not the name of a region`, { hint: 'Such as: eu-central-1' });
}

/** All that are given, in their order. @throws SlipwayError `bad-input` */
export function typesOf(values: FlagValues): readonly string[] {
  const types = list(values, 'amazonec2-instance-type');
  const wrong = types.find((type) => !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type));
  if (wrong === undefined) return types.length > 0 ? types : ['t3.small'];
  throw new SlipwayError('bad-input', `"${wrong}" is not an instance type`, {
    hint: 'Such as: t3.small, or m7g.large',
  });
}

/** All that are given, by their full names. @throws SlipwayError `bad-input` */
export function zonesOf(values: FlagValues): readonly string[] {
  const region = regionOf(values);
  return list(values, 'amazonec2-zone').map((zone) => {
    if (/^[a-z]$/.test(zone)) return region + zone;
    if (zone.startsWith(region) && /^[a-z]{2}[a-z0-9-]+[a-z]$/.test(zone)) return zone;
    throw new SlipwayError('bad-input', `"${zone}" is not a zone of the region "${region}"`, {
      hint: `Such as: a, which is ${region}a`,
    });
  });
}

function given<K extends string>(values: FlagValues, key: K, flag: string, form = /^\S.*$/): { [P in K]?: string } {
  const value = text(values, flag);
  if (value === undefined) return {};
  if (form.test(value)) return { [key]: value } as { [P in K]?: string };
  throw new SlipwayError('bad-input', `--${flag} does not take "${value}"`);
}

function endpointOf(values: FlagValues): string | undefined {
  const value = text(values, 'amazonec2-endpoint');
  if (value === undefined) return undefined;
  const scheme = values['amazonec2-insecure-transport'] === true ? 'http://' : 'https://';
  const url = /^https?:\/\//.test(value) ? value : `${scheme}${value}`;
  if (URL.canParse(url)) return url;
  throw new SlipwayError('bad-input', `--amazonec2-endpoint does not take "${value}"`, { hint: 'Write a URL' });
}

function spotOf(values: FlagValues): Pick<Settings, 'spot'> {
  if (integer(values, 'amazonec2-block-duration-minutes', { least: 0, most: 360 })) {
    throw new SlipwayError('bad-input', 'AWS offers no spot instances of a fixed duration any more', {
      hint: 'Leave --amazonec2-block-duration-minutes out',
    });
  }
  const price = given(values, 'price', 'amazonec2-spot-price', /^(?=.*[1-9])\d+(\.\d+)?$/);
  return values['amazonec2-request-spot-instance'] === true ? { spot: price } : {};
}

function diskOf(values: FlagValues): Settings['disk'] {
  const type = text(values, 'amazonec2-volume-type') ?? 'gp3';
  if (type !== 'gp3' && type !== 'gp2' && type !== 'standard') {
    throw new SlipwayError('bad-input', `--amazonec2-volume-type takes gp3, gp2 or standard, not "${type}"`);
  }
  const size = integer(values, 'amazonec2-root-size', { least: 4, most: 65536 }) ?? 16;
  return { size, type, ...given(values, 'key', 'amazonec2-kms-key', /^[\w:/-]+$/) };
}

function reachOf(values: FlagValues): Pick<Settings, 'elastic' | 'publicAddress' | 'privately' | 'ipv6'> {
  const alone = values['amazonec2-private-address-only'] === true;
  const elastic = given(values, 'elastic', 'amazonec2-elastic-ip', /^(new|eipalloc-[0-9a-f]+|\d+(\.\d+){3})$/);
  if (alone && elastic.elastic !== undefined) {
    throw new SlipwayError('bad-input', 'A machine with a private address only cannot have an elastic one', {
      hint: 'Leave out --amazonec2-elastic-ip, or --amazonec2-private-address-only',
    });
  }
  return {
    ...elastic,
    publicAddress: !alone,
    privately: alone || values['amazonec2-use-private-address'] === true,
    ipv6: values['amazonec2-ipv6'] === true,
  };
}

/** "team,web,owner,ann" → { team: "web", owner: "ann" } */
function tagsOf(given: string | undefined): Record<string, string> {
  const words = given?.split(',').map((word) => word.trim()) ?? [];
  if (words.length % 2 === 1) throw badTags('has a key without a value');
  const pairs = words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []));
  const wrong = pairs.find(([key, value]) => !/^[\w .:/=+@-]{1,128}$/.test(key) || value.length > 256);
  if (wrong) throw badTags(`has a tag that AWS does not take: "${wrong[0]}"`);
  const ours = pairs.find(([key]) => /^(aws:|slipway-)/i.test(key));
  if (ours) throw badTags(`has a tag that is not yours to give: "${ours[0]}"`);
  return Object.fromEntries(pairs);
}

function badTags(what: string): SlipwayError {
  return new SlipwayError('bad-input', `--amazonec2-tags ${what}`, { hint: 'Write KEY,VALUE,KEY,VALUE' });
}
