import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { checked, choices, integer, optional, text } from '../values.ts';

/** What the flags say, understood. */
export interface Settings {
  readonly endpoint: string;
  readonly datacenter: string;
  readonly cpus: number;
  /** In MB. */
  readonly memory: number;
  /** In GB. */
  readonly diskSize?: number;
  readonly localDisk: boolean;
  readonly hourly: boolean;
  /** A reference code, or the global identifier of an image. */
  readonly image: string;
  readonly hostname?: string;
  readonly domain: string;
  readonly privateOnly: boolean;
  readonly reach: 'public' | 'private';
  /** The user's own, all of these. */
  readonly publicVlan?: number;
  readonly privateVlan?: number;
  readonly key?: string;
  readonly keyPath?: string;
  /** In Mbit/s. */
  readonly speed: number;
  readonly user?: string;
  readonly sshPort: number;
}

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  const privateOnly = values['softlayer-private-net-only'] === true;
  return {
    endpoint: endpointOf(values),
    datacenter: datacentersOf(values)[0] as string,
    cpus: integer(values, 'softlayer-cpu', { least: 1, most: 64 }) ?? 1,
    memory: integer(values, 'softlayer-memory', { least: 1024, most: 524_288 }) ?? 1024,
    ...numbered(values, 'diskSize', 'softlayer-disk-size', 2000),
    localDisk: values['softlayer-local-disk'] === true,
    hourly: values['softlayer-monthly-billing'] !== true,
    image: checked('image', text(values, 'softlayer-image') ?? 'UBUNTU_LATEST', /^([A-Z0-9_]+|[0-9a-fA-F-]{36})$/),
    ...optional(values, 'hostname', 'softlayer-hostname', /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/),
    domain: domainOf(values),
    privateOnly,
    reach: privateOnly || values['softlayer-use-private-address'] === true ? 'private' : 'public',
    ...vlansOf(values, privateOnly),
    ...optional(values, 'key', 'softlayer-ssh-key', /^[^\n"]{1,255}$/),
    ...optional(values, 'keyPath', 'softlayer-ssh-key-path', /./),
    speed: integer(values, 'softlayer-network-max-speed', { least: 10, most: 10_000 }) ?? 100,
    ...optional(values, 'user', 'softlayer-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    sshPort: integer(values, 'softlayer-ssh-port', { least: 1, most: 65_535 }) ?? 22,
  };
}

/** Each with one data centre. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  return datacentersOf(values).map((datacenter) => ({
    ...values,
    'softlayer-api-endpoint': endpointOf(values),
    'softlayer-region': datacenter,
  }));
}

/** @throws SlipwayError `bad-input` */
export function endpointOf(values: FlagValues): string {
  return text(values, 'softlayer-api-endpoint') ?? 'https://api.softlayer.com/rest/v3.1';
}

function datacentersOf(values: FlagValues): string[] {
  const form = /^[a-z]{3,4}\d{2}$/;
  return choices(values, 'softlayer-region', 'dal13').map((word) => checked('data centre', word, form));
}

function domainOf(values: FlagValues): string {
  const given = text(values, 'softlayer-domain');
  if (given === undefined) {
    throw new SlipwayError('bad-input', 'A virtual server needs a domain', {
      hint: 'Say --softlayer-domain example.com: any that you like, nobody is asked about it.',
    });
  }
  return checked(
    'domain',
    given,
    /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+$/,
  );
}

function vlansOf(values: FlagValues, privateOnly: boolean): Pick<Settings, 'publicVlan' | 'privateVlan'> {
  const given = {
    ...numbered(values, 'publicVlan', 'softlayer-public-vlan-id', 2_147_483_647),
    ...numbered(values, 'privateVlan', 'softlayer-private-vlan-id', 2_147_483_647),
  };
  if (given.publicVlan !== undefined && privateOnly) {
    throw new SlipwayError('bad-input', 'A machine with a private address only cannot be in a public VLAN', {
      hint: 'Leave out --softlayer-public-vlan-id, or --softlayer-private-net-only',
    });
  }
  if (given.publicVlan === undefined || given.privateVlan !== undefined) return given;
  throw new SlipwayError('bad-input', 'A public VLAN needs a private one behind the same router', {
    hint: 'Say --softlayer-private-vlan-id too.',
  });
}

/** 0 is nothing, as docker-machine had it. */
function numbered<K extends string>(values: FlagValues, key: K, flag: string, most: number): { [P in K]?: number } {
  const given = integer(values, flag, { least: 0, most });
  return given ? ({ [key]: given } as { [P in K]?: number }) : {};
}
