import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { checked, choices, integer, list, optional, text } from '../values.ts';

/** What the flags say, understood. Names stand for ids too. */
export interface Settings {
  readonly region: string;
  /** That of the subnet where absent. */
  readonly zone?: string;
  readonly profile: string;
  readonly image: string;
  /** The user's own, all of these. */
  readonly vpc?: string;
  readonly subnet?: string;
  readonly groups: readonly string[];
  readonly key?: string;
  readonly keyPath?: string;
  readonly floatingIp?: string;
  readonly resourceGroup?: string;
  readonly privateOnly: boolean;
  /** In GB; what the image needs where absent. */
  readonly diskSize?: number;
  readonly user?: string;
  readonly sshPort: number;
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const zone = zonesOf(values)[0];
  const diskSize = integer(values, 'ibm-disk-size', { least: 10, most: 250 });
  return {
    region: regionOf(values),
    ...(zone === undefined ? {} : { zone }),
    profile: profilesOf(values)[0] as string,
    image: checked('image', text(values, 'ibm-image') ?? 'debian-12-amd64', NAME),
    ...optional(values, 'vpc', 'ibm-vpc', NAME),
    ...optional(values, 'subnet', 'ibm-subnet', NAME),
    groups: list(values, 'ibm-security-groups').map((name) => checked('security group', name, NAME)),
    ...optional(values, 'key', 'ibm-ssh-key', NAME),
    ...optional(values, 'keyPath', 'ibm-ssh-key-path', /./),
    ...optional(values, 'resourceGroup', 'ibm-resource-group', /^[0-9a-f]{32}$/),
    ...reachOf(values),
    ...(diskSize === undefined ? {} : { diskSize }),
    ...optional(values, 'user', 'ibm-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'ibm-ssh-port', { least: 1, most: 65_535 }) ?? 22,
  };
}

/** Each with one profile and one zone; the profiles before the zones. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  return profilesOf(values).flatMap((profile) =>
    zonesOf(values).map((zone) => ({
      ...values,
      'ibm-region': regionOf(values),
      'ibm-profile': profile,
      ...(zone === undefined ? {} : { 'ibm-zone': zone }),
    })),
  );
}

/** @throws SlipwayError `bad-input` */
export function regionOf(values: FlagValues): string {
  return checked('region', text(values, 'ibm-region') ?? 'us-south', /^[a-z]{2}-[a-z0-9]+$/);
}

/** What IBM takes as the name of anything; ids have the same letters. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function profilesOf(values: FlagValues): string[] {
  return choices(values, 'ibm-profile', 'cx2-2x4').map((word) => checked('instance profile', word, NAME));
}

/** A subnet is in one zone. Every region calls its zones after itself. */
function zonesOf(values: FlagValues): (string | undefined)[] {
  const given = text(values, 'ibm-zone');
  if (given === undefined && text(values, 'ibm-subnet') !== undefined) return [undefined];
  const usual = [1, 2, 3].map((n) => `${regionOf(values)}-${n}`).join();
  return choices(values, 'ibm-zone', usual).map((word) => checked('zone', word, NAME));
}

function reachOf(values: FlagValues): Pick<Settings, 'privateOnly' | 'floatingIp'> {
  const privateOnly = values['ibm-private-only'] === true;
  const given = optional(values, 'floatingIp', 'ibm-floating-ip', /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
  if (!privateOnly || given.floatingIp === undefined) return { privateOnly, ...given };
  throw new SlipwayError('bad-input', 'A machine with a private address only cannot have a floating one', {
    hint: 'Leave out --ibm-floating-ip, or --ibm-private-only',
  });
}
