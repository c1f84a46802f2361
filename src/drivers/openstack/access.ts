import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import { text } from '../values.ts';
import { cloudInFiles, type Layer } from './files.ts';

/** Where a cloud is, and who we are there. */
export interface Access {
  /** Of the identity service, with its version: "https://keystone.example.org/v3". */
  readonly url: string;
  readonly region?: string;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly trust: Trust;
  /** Addresses of services, by their names, instead of those in the catalogue. */
  readonly overrides: Readonly<Record<string, string>>;
  /** The body of a request for a token. @throws SlipwayError `no-credentials` */
  question(): object;
}

/** How the other side is known over TLS, and we to it: names of files. */
export interface Trust {
  readonly cacert?: string;
  readonly insecure: boolean;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws SlipwayError `no-credentials`, `bad-input` or `unsafe` */
export function accessFor(values: FlagValues): Access {
  const { layer, cloud } = layersOf(values);
  const get = getter(layer);
  const given = get('auth_url') ?? get('endpoint');
  if (given === undefined) throw nobody(cloud);
  const trust = trustOf(get);
  const region = get('region_name') ?? firstRegion(layer);
  return {
    url: safe(withVersion(given), trust.insecure),
    ...(region === undefined ? {} : { region }),
    interface: interfaceOf(get('interface') ?? get('endpoint_type')),
    trust,
    overrides: overridesIn(layer),
    question: () => questionOf(get),
  };
}

/** The cloud in clouds.yaml that is used, where it is not the environment alone that says all. */
export function cloudOf(values: FlagValues): string | undefined {
  return layersOf(values).cloud;
}

/** Where a machine is, for a person, without asking whether we may go there. */
export function scopeOf(values: FlagValues): string {
  const { layer, cloud } = layersOf(values);
  const get = getter(layer);
  const project = get('project_id') ?? get('project_name');
  return [cloud ?? get('auth_url'), project, get('region_name') ?? firstRegion(layer)].filter(Boolean).join(' ');
}

export function regionOf(values: FlagValues): string | undefined {
  const { layer } = layersOf(values);
  return getter(layer)('region_name') ?? firstRegion(layer);
}

/** Credentials are sent there. @throws SlipwayError `unsafe` for what has no TLS, unless that is this computer */
export function safe(url: string, insecure: boolean): string {
  const { protocol, hostname } = parsed(url);
  const here = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && (here || insecure))) return url;
  throw new SlipwayError('unsafe', `"${url}" is no address to send credentials to: it does not begin with https://`, {
    hint: 'Whoever listens on the way could take them. If that does not matter there, say --openstack-insecure.',
  });
}

function parsed(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new SlipwayError('bad-input', `"${url}" is no address of a cloud`, { hint: 'Look at OS_AUTH_URL.' });
}

/** What the flags say, before the environment, before clouds.yaml: as the openstack program has it. */
function layersOf(values: FlagValues): { layer: Layer; cloud?: string } {
  const environment = inEnvironment();
  const flags = inFlags(values);
  const named = text(values, 'openstack-cloud') ?? (process.env.OS_CLOUD || undefined);
  const alone = named === undefined && ('auth_url' in flags || 'auth_url' in environment);
  const found = alone ? undefined : cloudInFiles(named);
  const layer = { ...found?.layer, ...environment, ...flags };
  return found === undefined ? { layer } : { layer, cloud: found.name };
}

const FLAGS: Readonly<Record<string, string>> = {
  'openstack-auth-url': 'auth_url',
  'openstack-cacert': 'cacert',
  'openstack-domain-id': 'domain_id',
  'openstack-domain-name': 'domain_name',
  'openstack-tenant-name': 'project_name',
  'openstack-tenant-id': 'project_id',
  'openstack-region': 'region_name',
  'openstack-endpoint-type': 'interface',
};

function inFlags(values: FlagValues): Layer {
  const given = Object.entries(FLAGS).map(([flag, name]) => [name, text(values, flag)]);
  const insecure = values['openstack-insecure'] === true ? { insecure: true } : {};
  return { ...Object.fromEntries(given.filter(([, value]) => value !== undefined)), ...insecure };
}

/** Of clouds.yaml, what a variable may say as well. */
const NAMES = [
  ...['auth_type', 'auth_url', 'username', 'user_id', 'password', 'user_domain_id', 'user_domain_name', 'token'],
  ...['project_id', 'project_name', 'project_domain_id', 'project_domain_name', 'domain_id', 'domain_name'],
  ...['application_credential_id', 'application_credential_name', 'application_credential_secret'],
  ...['region_name', 'interface', 'endpoint_type', 'cacert', 'cert', 'key', 'insecure', 'default_domain'],
  ...['compute_endpoint_override', 'network_endpoint_override', 'image_endpoint_override'],
  ...['volume_endpoint_override', 'block_storage_endpoint_override'],
  ...['tenant_id', 'tenant_name'],
];

function inEnvironment(): Layer {
  const given = NAMES.map((name) => [name, process.env[`OS_${name.toUpperCase()}`]]);
  return Object.fromEntries(given.filter(([, value]) => value));
}

type Get = (name: string) => string | undefined;

function getter(layer: Layer): Get {
  return (name) => {
    const older = name.startsWith('project_') ? layer[name.replace('project_', 'tenant_')] : undefined;
    const value = layer[name] ?? older;
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
}

/** A cloud may list regions, as words or with more about each. */
function firstRegion({ regions }: Layer): string | undefined {
  const [first] = Array.isArray(regions) ? regions : [];
  return typeof first === 'object' && first !== null ? first.name : first;
}

function trustOf(get: Get): Trust {
  const [cacert, cert, key] = [get('cacert'), get('cert'), get('key')];
  return {
    insecure: /^(true|1|yes)$/i.test(get('insecure') ?? '') || /^(false|0|no)$/i.test(get('verify') ?? ''),
    ...(cacert === undefined ? {} : { cacert }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function withVersion(url: string): string {
  const bare = url.replace(/\/+$/, '');
  return /\/v3$/.test(bare) ? bare : `${bare.replace(/\/v2\.0$/, '')}/v3`;
}

function interfaceOf(given = 'public'): Access['interface'] {
  const word = given.replace(/URL$/, '');
  if (word === 'public' || word === 'internal' || word === 'admin') return word;
  throw new SlipwayError('bad-input', `--openstack-endpoint-type does not take "${given}"`, {
    hint: 'It takes publicURL, internalURL or adminURL.',
  });
}

function overridesIn(layer: Layer): Readonly<Record<string, string>> {
  const given = Object.entries(layer).map(([name, value]) => [/^(\w+)_endpoint_override$/.exec(name)?.[1], value]);
  return Object.fromEntries(given.filter(([service, value]) => service && typeof value === 'string'));
}

/** docs.openstack.org/api-ref/identity/v3, "Authentication and token management". */
function questionOf(get: Get): object {
  const how = methodOf(get);
  if (how === 'application_credential') return { auth: { identity: applicationCredential(get) } };
  const identity =
    how === 'token'
      ? { methods: ['token'], token: { id: get('token') } }
      : { methods: ['password'], password: { user: { ...userOf(get), password: get('password') } } };
  return { auth: { identity, scope: { project: projectOf(get) } } };
}

type How = 'password' | 'token' | 'application_credential';

const HOWS: Readonly<Record<string, How>> = {
  password: 'password',
  token: 'token',
  applicationcredential: 'application_credential',
};

function methodOf(get: Get): How {
  const type = get('auth_type');
  const how = type === undefined ? guessed(get) : HOWS[type.replace(/^v3/, '')];
  if (how === undefined) {
    throw new SlipwayError('no-credentials', `Slipway cannot log in to OpenStack with the auth_type "${type}"`, {
      hint: 'It can with a password, a token or an application credential: openstack application credential create slipway',
    });
  }
  const missing = NEEDED[how].find((name) => get(name) === undefined);
  if (missing === undefined) return how;
  throw new SlipwayError('no-credentials', `There is no ${missing.replaceAll('_', ' ')} for OpenStack`, {
    hint: `Set OS_${missing.toUpperCase()}, or write ${missing} into clouds.yaml.`,
  });
}

const NEEDED: Readonly<Record<How, readonly string[]>> = {
  password: ['password'],
  token: ['token'],
  application_credential: ['application_credential_secret'],
};

function guessed(get: Get): How {
  if (get('application_credential_id') ?? get('application_credential_name')) return 'application_credential';
  return get('token') !== undefined && get('password') === undefined ? 'token' : 'password';
}

function applicationCredential(get: Get): object {
  const [id, secret] = [get('application_credential_id'), get('application_credential_secret')];
  const which = id === undefined ? { name: get('application_credential_name'), user: userOf(get) } : { id };
  return { methods: ['application_credential'], application_credential: { ...which, secret } };
}

function userOf(get: Get): object {
  const [id, name] = [get('user_id'), get('username')];
  if (id !== undefined) return { id };
  if (name !== undefined) return { name, domain: domainOf(get, 'user') };
  throw new SlipwayError('no-credentials', 'There is no user name for OpenStack', {
    hint: 'Set OS_USERNAME, or write username into clouds.yaml.',
  });
}

function projectOf(get: Get): object {
  const [id, name] = [get('project_id'), get('project_name')];
  if (id !== undefined) return { id };
  if (name !== undefined) return { name, domain: domainOf(get, 'project') };
  throw new SlipwayError('no-credentials', 'No project is named for OpenStack', {
    hint: 'Set OS_PROJECT_NAME, or write project_name into clouds.yaml.',
  });
}

function domainOf(get: Get, whose: 'user' | 'project'): object {
  const id = get(`${whose}_domain_id`);
  const name = get(`${whose}_domain_name`);
  if (id !== undefined || name !== undefined) return id === undefined ? { name } : { id };
  const [common, commonName] = [get('domain_id'), get('domain_name')];
  if (common !== undefined || commonName !== undefined)
    return common === undefined ? { name: commonName } : { id: common };
  return { id: get('default_domain') ?? 'default' };
}

function nobody(cloud: string | undefined): SlipwayError {
  const sentence =
    cloud === undefined
      ? 'There are no credentials for OpenStack: looked at OS_CLOUD with clouds.yaml, and at OS_AUTH_URL'
      : `The cloud "${cloud}" in clouds.yaml has no auth_url`;
  return new SlipwayError('no-credentials', sentence, {
    hint: 'Name one of your clouds.yaml with --openstack-cloud, or let the shell read the openrc file of your project.',
  });
}
