import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { hostKeyOf } from '../login.ts';
import { integer, list, optional, text } from '../values.ts';
import { govcUrl } from './credentials.ts';
import type { Server } from './server.ts';

/** What the flags say, understood. Names may be paths. */
export interface Settings {
  readonly server: Server;
  readonly origin: Origin;
  readonly cpus: number;
  /** In MiB, as the disk. */
  readonly memory: number;
  readonly disk: number;
  readonly networks: readonly string[];
  readonly datastore?: string;
  readonly datacenter?: string;
  readonly folder?: string;
  readonly cluster?: string;
  readonly pool?: string;
  readonly host?: string;
  readonly customization?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly keyPath?: string;
  /** What the machine is made of has no cloud-init: its machines show this key, and let the user in. */
  readonly hostKey?: string;
  readonly sshPort: number;
}

/** What a machine is made of: a template to clone, by name; an item of a content library, "Library/Item"; a file here. */
export type Origin =
  | { readonly kind: 'template'; readonly name: string }
  | { readonly kind: 'item'; readonly library: string; readonly name: string }
  | { readonly kind: 'image'; readonly path: string };

/** @throws SlipwayError `bad-input` */
export function settingsOf(values: FlagValues): Settings {
  return {
    server: serverOf(values),
    origin: originOf(values),
    cpus: integer(values, 'vsphere-cpu-count', { least: 1, most: 768 }) ?? 2,
    memory: memoryOf(values),
    disk: integer(values, 'vsphere-disk-size', { least: 1, most: 63_488 * 1024 }) ?? 20_480,
    networks: list(values, 'vsphere-network').map((name) => checked('vsphere-network', name)),
    ...named(values, 'datastore', 'vsphere-datastore'),
    ...named(values, 'datacenter', 'vsphere-datacenter'),
    ...named(values, 'folder', 'vsphere-folder'),
    ...named(values, 'cluster', 'vsphere-cluster'),
    ...named(values, 'pool', 'vsphere-pool'),
    ...named(values, 'host', 'vsphere-hostsystem'),
    ...named(values, 'customization', 'vsphere-customization'),
    parameters: parametersOf(values),
    ...optional(values, 'user', 'vsphere-ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/),
    ...optional(values, 'keyPath', 'vsphere-ssh-key-path', /./),
    ...preparedOf(values),
    sshPort: integer(values, 'vsphere-ssh-port', { least: 1, most: 65_535 }) ?? 22,
  };
}

/** Each with one host and one datastore; the hosts before the datastores. @throws SlipwayError `bad-input` */
export function candidates(values: FlagValues): FlagValues[] {
  const { host, port } = serverOf(values);
  const pinned = { ...values, 'vsphere-vcenter': host, 'vsphere-vcenter-port': port };
  return severalOf(values, 'vsphere-hostsystem').flatMap((hosts) =>
    severalOf(values, 'vsphere-datastore').map((datastores) => ({ ...pinned, ...hosts, ...datastores })),
  );
}

/** Names may have blanks: only commas are between them. */
function severalOf(values: FlagValues, flag: string): FlagValues[] {
  const given = (text(values, flag) ?? '').split(',').map((name) => name.trim());
  const names = given.filter((name) => name !== '');
  return names.length === 0 ? [{}] : names.map((name) => ({ [flag]: name }));
}

/** @throws SlipwayError `bad-input` */
export function serverOf(values: FlagValues): Server {
  const url = govcUrl();
  const given = text(values, 'vsphere-vcenter');
  const host = given ?? url?.hostname;
  if (host === undefined || host === '') {
    throw new SlipwayError('bad-input', 'Nobody says which vCenter or ESXi to ask', {
      hint: 'Say --vsphere-vcenter HOST, or set GOVC_URL.',
    });
  }
  if (!HOST.test(host))
    throw new SlipwayError('bad-input', `--vsphere-vcenter takes the name of a host, not "${host}"`);
  const port = integer(values, 'vsphere-vcenter-port', { least: 1, most: 65_535 });
  return {
    host,
    port: given === undefined && url?.port ? Number(url.port) : (port ?? 443),
    ...thumbprintOf(values),
    ...named(values, 'caFile', 'vsphere-ca-file'),
  };
}

const HOST = /^(\[[\da-fA-F:.]+\]|[\w.-]+)$/;

/** SHA-1 or SHA-256, with or without colons. */
function thumbprintOf(values: FlagValues): Pick<Server, 'thumbprint'> {
  const given = text(values, 'vsphere-thumbprint');
  if (given === undefined) return {};
  const digits = given.replaceAll(':', '').toUpperCase();
  if (/^([\dA-F]{40}|[\dA-F]{64})$/.test(digits)) return { thumbprint: digits };
  throw new SlipwayError('bad-input', `"${given}" is no thumbprint of a certificate`, {
    hint: 'It has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.',
  });
}

function preparedOf(values: FlagValues): Pick<Settings, 'hostKey'> {
  const hostKey = hostKeyOf(values, 'vsphere-host-key');
  if (hostKey === undefined) return {};
  const missing = ['vsphere-ssh-user', 'vsphere-ssh-key-path'].filter((flag) => text(values, flag) === undefined);
  if (missing.length === 0) return { hostKey };
  throw new SlipwayError('bad-input', '--vsphere-host-key is for what has its user already, and nobody says whom', {
    hint: `Say --${missing.join(' and --')} too.`,
  });
}

function originOf(values: FlagValues): Origin {
  const given = ORIGINS.filter((flag) => text(values, flag) !== undefined);
  const [flag] = given;
  if (flag === undefined) {
    throw new SlipwayError('bad-input', 'Nobody says what to make the machine of', {
      hint: 'Say --vsphere-template NAME, or --vsphere-image FILE; docs/drivers/vsphere.md tells where to get one.',
    });
  }
  if (given.length > 1) {
    throw new SlipwayError('bad-input', `A machine is made of one thing: --${given.join(' or --')}`);
  }
  const name = checked(flag, text(values, flag) ?? '');
  if (flag === 'vsphere-template') return { kind: 'template', name };
  return flag === 'vsphere-image' ? { kind: 'image', path: name } : itemOf(name);
}

const ORIGINS = ['vsphere-template', 'vsphere-library-item', 'vsphere-image'] as const;

function itemOf(given: string): Origin {
  const [, library = '', name = ''] = /^\/?([^/]+)\/(.+)$/.exec(given) ?? [];
  if (library !== '') return { kind: 'item', library, name };
  throw new SlipwayError('bad-input', `--vsphere-library-item takes LIBRARY/ITEM, not "${given}"`);
}

function memoryOf(values: FlagValues): number {
  const memory = integer(values, 'vsphere-memory-size', { least: 256, most: 24 * 1024 * 1024 }) ?? 2048;
  if (memory % 4 === 0) return memory;
  throw new SlipwayError('bad-input', `--vsphere-memory-size takes a multiple of 4, not "${memory}"`);
}

function named<K extends string>(values: FlagValues, key: K, flag: string): { [P in K]?: string } {
  const given = text(values, flag);
  return given === undefined ? {} : ({ [key]: checked(flag, given) } as { [P in K]?: string });
}

/** Anything may stand in a name but what no line could hold. */
function checked(flag: string, given: string): string {
  if (/^[^\p{Cc}]{1,400}$/u.test(given) && given.trim() === given) return given;
  throw new SlipwayError('bad-input', `--${flag} does not take ${JSON.stringify(given)}`);
}

function parametersOf(values: FlagValues): Readonly<Record<string, string>> {
  const pairs = list(values, 'vsphere-cfgparam').map((pair) => {
    const [, key = '', value = ''] = /^([\w.:-]+)=(.*)$/s.exec(pair) ?? [];
    if (key !== '' && !OURS.has(key)) return [key, value] as const;
    throw new SlipwayError('bad-input', `--vsphere-cfgparam does not take "${pair}"`, {
      hint: `Write KEY=VALUE; these are ours: ${[...OURS].join(', ')}.`,
    });
  });
  return Object.fromEntries(pairs);
}

/** What tells cloud-init of the machine. */
const OURS = new Set([
  'guestinfo.userdata',
  'guestinfo.userdata.encoding',
  'guestinfo.metadata',
  'guestinfo.metadata.encoding',
]);
