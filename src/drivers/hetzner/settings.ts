import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { checked, choices, integer, list, optional, text } from '../values.ts';
import { contextInUse } from './token.ts';

/** What the flags say, understood. Names stand for ids too, as with Hetzner's own program. */
export interface Settings {
  readonly context?: string;
  readonly type: string;
  readonly location: string;
  readonly image: { readonly name: string } | { readonly id: string };
  readonly architecture?: Architecture;
  /** The user's own key, which is given to the server instead of one of ours. */
  readonly key?: string;
  readonly keyPath?: string;
  /** The user's own networks. */
  readonly networks: readonly string[];
  readonly ownNetwork: boolean;
  readonly reach: 'public' | 'private';
  readonly ipv4: Address;
  readonly ipv6: Address;
  readonly firewalls: readonly string[];
  readonly volumes: readonly string[];
  /** The user's own placement group. */
  readonly placementGroup?: string;
  readonly spread: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly keyLabels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly sshPort: number;
}

export type Architecture = 'x86' | 'arm';

/** None, one that goes with the server, or the user's own. */
export type Address = 'none' | 'passing' | { readonly named: string };

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const networks = list(values, 'hetzner-networks').map((name) => checked('network', name, NAME));
  const architecture = text(values, 'hetzner-image-arch');
  return {
    ...optional(values, 'context', 'hetzner-context', /./),
    type: typesOf(values)[0] as string,
    location: locationsOf(values)[0] as string,
    image: imageOf(values),
    ...(architecture === 'x86' || architecture === 'arm' ? { architecture } : {}),
    ...optional(values, 'key', 'hetzner-existing-key-id', NAME),
    ...optional(values, 'keyPath', 'hetzner-existing-key-path', /./),
    networks: networks.filter((name) => name !== OWN),
    ownNetwork: networks.includes(OWN),
    ...reachOf(values, networks),
    firewalls: list(values, 'hetzner-firewalls').map((name) => checked('firewall', name, NAME)),
    volumes: list(values, 'hetzner-volumes').map((name) => checked('volume', name, NAME)),
    ...placementOf(values),
    labels: labelsOf(values, 'hetzner-server-label'),
    keyLabels: labelsOf(values, 'hetzner-key-label'),
    ...optional(values, 'user', 'hetzner-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'hetzner-ssh-port', { least: 1, most: 65_535 }) ?? 22,
  };
}

/** Each with one type and one location; the types before the locations. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  return typesOf(values).flatMap((type) =>
    locationsOf(values).map((location) => ({
      ...values,
      ...pinned(values),
      'hetzner-server-type': type,
      'hetzner-server-location': location,
    })),
  );
}

/** The context that is active now is the machine's, whichever is active later. */
function pinned(values: FlagValues): FlagValues {
  const context = contextOf(values) ?? contextInUse(undefined);
  return context === undefined ? {} : { 'hetzner-context': context };
}

/** @throws SlipwayError `bad-input` */
export function contextOf(values: FlagValues): string | undefined {
  return text(values, 'hetzner-context');
}

/** What makes a network of ours. */
const OWN = 'own';

/** Hetzner takes blanks and more in names, but no lists of ours could hold them. */
const NAME = /^[\w.:@/-]{1,128}$/;

/** How the place names types and locations. */
const SLUG = /^[a-z0-9][a-z0-9-]*$/;

function typesOf(values: FlagValues): string[] {
  return choices(values, 'hetzner-server-type', 'cx23').map((word) => checked('server type', word, SLUG));
}

function locationsOf(values: FlagValues): string[] {
  return choices(values, 'hetzner-server-location', 'fsn1,nbg1,hel1').map((word) => checked('location', word, SLUG));
}

function imageOf(values: FlagValues): Settings['image'] {
  const [name, id] = [text(values, 'hetzner-image'), text(values, 'hetzner-image-id')];
  if (id === undefined) return { name: checked('image', name ?? 'debian-12', NAME) };
  if (name !== undefined) {
    throw new SlipwayError('bad-input', 'Only one of these decides on the image', {
      hint: 'Say --hetzner-image or --hetzner-image-id.',
    });
  }
  if (/^\d{1,16}$/.test(id)) return { id };
  throw new SlipwayError('bad-input', `--hetzner-image-id takes a number, not "${id}"`);
}

function reachOf(values: FlagValues, networks: readonly string[]): Pick<Settings, 'reach' | 'ipv4' | 'ipv6'> {
  const alone = values['hetzner-disable-public'] === true;
  const [ipv4, ipv6] = [addressOf(values, 'ipv4', alone), addressOf(values, 'ipv6', alone)];
  const closed = ipv4 === 'none' && ipv6 === 'none';
  const reach = closed || values['hetzner-use-private-network'] === true ? 'private' : 'public';
  if (reach === 'public' || networks.length > 0) return { reach, ipv4, ipv6 };
  throw new SlipwayError('bad-input', 'A machine that is reached privately needs a private network', {
    hint: 'Name one with --hetzner-networks, or let one be made: --hetzner-networks own',
  });
}

function addressOf(values: FlagValues, family: 'ipv4' | 'ipv6', alone: boolean): Address {
  const given = text(values, `hetzner-primary-${family}`);
  const none = alone || values[`hetzner-disable-public-${family}`] === true;
  if (none && given !== undefined) {
    throw new SlipwayError('bad-input', `The machine shall have no public address for "${given}" to be`, {
      hint: `Leave --hetzner-primary-${family} away, or what shuts public addresses off.`,
    });
  }
  if (none) return 'none';
  return given === undefined ? 'passing' : { named: checked('primary address', given, NAME) };
}

function placementOf(values: FlagValues): Pick<Settings, 'placementGroup' | 'spread'> {
  const spread = values['hetzner-auto-spread'] === true;
  const given = optional(values, 'placementGroup', 'hetzner-placement-group', NAME);
  if (!spread || given.placementGroup === undefined) return { ...given, spread };
  throw new SlipwayError('bad-input', 'Only one of these decides on the placement group', {
    hint: 'Say --hetzner-placement-group or --hetzner-auto-spread.',
  });
}

/** docs.hetzner.cloud, "Labels": what Hetzner takes as the key and as the value of one. */
const LABEL =
  /^((?:[a-z0-9.-]+\/)?[a-zA-Z0-9](?:[\w.-]{0,61}[a-zA-Z0-9])?)=((?:[a-zA-Z0-9](?:[\w.-]{0,61}[a-zA-Z0-9])?)?)$/;

function labelsOf(values: FlagValues, flag: string): Readonly<Record<string, string>> {
  const pairs = list(values, flag).map((pair) => {
    const [, key = '', value = ''] = LABEL.exec(pair) ?? [];
    if (key !== '' && !key.startsWith('slipway-')) return [key, value] as const;
    throw new SlipwayError('bad-input', `"${pair}" is no label`, {
      hint: 'Write KEY=VALUE with letters, digits, ".", "_" and "-"; keys that begin with "slipway-" are ours.',
    });
  });
  return Object.fromEntries(pairs);
}
