import { isIP } from 'node:net';
import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { checked, choices, integer, list, optional, text } from '../values.ts';
import { contextInUse } from './token.ts';

/** What the flags say, understood. */
export interface Settings {
  readonly context?: string;
  readonly region: string;
  readonly size: string;
  /** A slug or an id. */
  readonly image: string;
  readonly user?: string;
  readonly sshPort: number;
  /** The user's own key, by fingerprint or id, which is given to the droplet instead of one of ours. */
  readonly key?: string;
  readonly keyPath?: string;
  readonly ipv6: boolean;
  /** "own", or the user's by name or id; the region's default one where absent. */
  readonly vpc?: string;
  readonly privateOnly: boolean;
  /** "new", or the user's own. */
  readonly reserved?: string;
  readonly backups: boolean;
  readonly monitoring: boolean;
  readonly tags: readonly string[];
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  return {
    ...optional(values, 'context', 'digitalocean-context', /./),
    region: regionsOf(values)[0] as string,
    size: sizesOf(values)[0] as string,
    image: checked('image', text(values, 'digitalocean-image') ?? 'debian-12-x64', /^[a-z0-9][a-z0-9.-]*$/),
    ...optional(values, 'user', 'digitalocean-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'digitalocean-ssh-port', { least: 1, most: 65_535 }) ?? 22,
    ...optional(values, 'key', 'digitalocean-ssh-key-fingerprint', /^(\d+|[\da-f]{2}(:[\da-f]{2}){15})$/i),
    ...optional(values, 'keyPath', 'digitalocean-ssh-key-path', /./),
    ipv6: values['digitalocean-ipv6'] === true,
    ...optional(values, 'vpc', 'digitalocean-vpc', /^[a-zA-Z0-9.-]+$/),
    ...reachOf(values),
    backups: values['digitalocean-backups'] === true,
    monitoring: values['digitalocean-monitoring'] === true,
    tags: tagsOf(values),
  };
}

/** Each with one size and one region; the sizes before the regions. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  const context = contextOf(values) ?? contextInUse(undefined);
  const pinned = context === undefined ? {} : { 'digitalocean-context': context };
  return sizesOf(values).flatMap((size) =>
    regionsOf(values).map((region) => ({
      ...values,
      ...pinned,
      'digitalocean-size': size,
      'digitalocean-region': region,
    })),
  );
}

/** @throws SlipwayError `bad-input` */
export function contextOf(values: FlagValues): string | undefined {
  return text(values, 'digitalocean-context');
}

/** How the place names sizes and regions. */
const SLUG = /^[a-z0-9][a-z0-9-]*$/;

function regionsOf(values: FlagValues): string[] {
  return choices(values, 'digitalocean-region', 'nyc3').map((word) => checked('region', word, SLUG));
}

function sizesOf(values: FlagValues): string[] {
  return choices(values, 'digitalocean-size', 's-1vcpu-1gb').map((word) => checked('size', word, SLUG));
}

function reachOf(values: FlagValues): Pick<Settings, 'privateOnly' | 'reserved'> {
  const privateOnly = values['digitalocean-private-only'] === true;
  const given = text(values, 'digitalocean-reserved-ip');
  if (given === undefined) return { privateOnly };
  if (privateOnly) {
    throw new SlipwayError('bad-input', 'A machine with a private address only cannot have a reserved one', {
      hint: 'Leave out --digitalocean-reserved-ip, or --digitalocean-private-only',
    });
  }
  if (given === 'new' || isIP(given) === 4) return { privateOnly, reserved: given };
  throw new SlipwayError('bad-input', `--digitalocean-reserved-ip takes "new" or an IPv4 address, not "${given}"`);
}

function tagsOf(values: FlagValues): string[] {
  const tags = list(values, 'digitalocean-tags').map((tag) => checked('tag', tag, /^[\w:-]{1,255}$/));
  const ours = tags.find((tag) => tag.toLowerCase().startsWith('slipway:'));
  if (ours === undefined) return tags;
  throw new SlipwayError('bad-input', `The tag "${ours}" is not yours to give`, {
    hint: 'Tags that begin with "slipway:" are ours.',
  });
}
