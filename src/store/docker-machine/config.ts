import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';
import type { Layout } from '../layout.ts';

/** docker-machine's config.json, in its version 3; the keys stand in the order in which it writes them. */
export interface Config {
  ConfigVersion: 3;
  /** The driver's own. */
  Driver: Bag;
  DriverName: string;
  HostOptions: HostOptions;
  Name: string;
}

export type Bag = Record<string, unknown>;

export interface HostOptions {
  Driver: string;
  Memory: number;
  Disk: number;
  EngineOptions: Bag;
  SwarmOptions: Bag;
  AuthOptions: Record<AuthKey, string> & { ServerCertSANs: readonly string[] };
}

type AuthKey = (typeof AUTH_KEYS)[number];

const AUTH_KEYS = [
  'CertDir',
  'CaCertPath',
  'CaPrivateKeyPath',
  'CaCertRemotePath',
  'ServerCertPath',
  'ServerKeyPath',
  'ClientKeyPath',
  'ServerCertRemotePath',
  'ServerKeyRemotePath',
  'ClientCertPath',
  'StorePath',
] as const;

/** Under this key of config.json is our own record; docker-machine drops it when it saves the file. */
export const OWN_KEY = 'Slipway';

/**
 * What `docker-machine inspect` shows: version 3 whatever the file is, with its paths in the present store.
 * @throws SlipwayError `not-found`, `broken`
 */
export async function readConfig(store: Layout, name: string): Promise<Config> {
  const { folder, record } = store.machine(name);
  const text = await readFile(record, 'utf8').catch(async (error: unknown) => {
    if (codeOf(error) === 'ENOENT' && !(await isFolder(folder))) throw notThere(name);
    const cause = codeOf(error) === 'ENOENT' ? new Error(`open ${record}: no such file or directory`) : error;
    throw broken(name, record, 'cannot be read', cause);
  });
  return parseConfig(store, name, text).config;
}

/** The file understood, and our record in it, where there is one. @throws SlipwayError `broken` */
export function parseConfig(store: Layout, name: string, text: string): { config: Config; own?: Bag } {
  const path = store.machine(name).record;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(name, path, 'is not JSON', error);
  }
  if (!isBag(json)) throw broken(name, path, 'is not an object');
  if (Number(json.ConfigVersion ?? 0) > 3) {
    const reason = 'config version is from the future -- you should upgrade your Docker Machine client';
    throw broken(name, path, 'was written by a newer docker-machine', new Error(reason));
  }
  if (!isBag(json.Driver)) throw broken(name, path, 'names no driver');
  const moved = rebased(json, rootIn(json, name), store.root);
  const { [OWN_KEY]: own, ...rest } = moved;
  return { config: migrated(store, name, rest), ...(isBag(own) ? { own } : {}) };
}

export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of the object; empty for anything else. */
export function textIn(bag: Bag, key: string): string {
  const value = bag[key];
  return typeof value === 'string' ? value : '';
}

/**
 * Version 0 has all at the top, 1 calls the authority's key otherwise, 2 does not tell the store in the driver. What is
 * missing gets the value that docker-machine gives it.
 */
function migrated(store: Layout, name: string, json: Bag): Config {
  const host = isBag(json.HostOptions) ? json.HostOptions : {};
  const given = { ...json, ...(isBag(host.AuthOptions) ? host.AuthOptions : {}) };
  const driver = json.Driver as Bag;
  return {
    ConfigVersion: 3,
    Driver: { ...driver, StorePath: store.root },
    DriverName: textIn(json, 'DriverName'),
    HostOptions: {
      Driver: textIn(host, 'Driver'),
      Memory: 0,
      Disk: 0,
      EngineOptions: { ...engineDefaults, ...(isBag(host.EngineOptions) ? host.EngineOptions : {}) },
      SwarmOptions: {
        ...swarmDefaults,
        Discovery: textIn(json, 'SwarmDiscovery'),
        Master: json.SwarmMaster === true,
        ...(isBag(host.SwarmOptions) ? host.SwarmOptions : {}),
      },
      AuthOptions: authOptions(store, name, given),
    },
    Name: name,
  };
}

function authOptions(store: Layout, name: string, given: Bag): HostOptions['AuthOptions'] {
  const usual = authDefaults(store, name);
  const old: Bag = { ...given, CaPrivateKeyPath: given.CaPrivateKeyPath ?? given.PrivateKeyPath };
  const known = AUTH_KEYS.map((key) => [key, textIn(old, key) || usual[key]] as const);
  const options = Object.fromEntries(known) as Record<AuthKey, string>;
  const { StorePath, ...rest } = options;
  return { ...rest, ServerCertSANs: textsIn(given, 'ServerCertSANs'), StorePath };
}

/** Of a list in the object, the texts. */
export function textsIn(bag: Bag, key: string): string[] {
  const value = bag[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Where a machine's files are as docker-machine has it. */
export function authDefaults(store: Layout, name: string): HostOptions['AuthOptions'] {
  const { ca = '', caKey = '', clientCert = '', clientKey = '' } = store.oldCerts ?? {};
  const { folder, serverCert } = store.machine(name);
  return {
    CertDir: dirname(ca),
    CaCertPath: ca,
    CaPrivateKeyPath: caKey,
    CaCertRemotePath: '',
    ServerCertPath: serverCert,
    ServerKeyPath: `${folder}/server-key.pem`,
    ClientKeyPath: clientKey,
    ServerCertRemotePath: '',
    ServerKeyRemotePath: '',
    ClientCertPath: clientCert,
    ServerCertSANs: [],
    StorePath: folder,
  };
}

export const engineDefaults: Bag = {
  ArbitraryFlags: [],
  Dns: null,
  GraphDir: '',
  Env: [],
  Ipv6: false,
  InsecureRegistry: [],
  Labels: [],
  LogLevel: '',
  StorageDriver: '',
  SelinuxEnabled: false,
  TlsVerify: true,
  RegistryMirror: [],
  InstallURL: 'https://get.docker.com',
};

export const swarmDefaults: Bag = {
  IsSwarm: false,
  Address: '',
  Discovery: '',
  Agent: false,
  Master: false,
  Host: 'tcp://0.0.0.0:3376',
  Image: 'swarm:latest',
  Strategy: 'spread',
  Heartbeat: 0,
  Overcommit: 0,
  ArbitraryFlags: [],
  ArbitraryJoinFlags: [],
  Env: null,
  IsExperimental: false,
};

/**
 * The root of the store when the file was written, as it stands there, relative even: the store may be that of another
 * home folder by now.
 */
function rootIn(json: Bag, name: string): string | undefined {
  const host = isBag(json.HostOptions) ? json.HostOptions : {};
  const auth = isBag(host.AuthOptions) ? host.AuthOptions : {};
  const driver = json.Driver as Bag;
  const places = [
    auth.StorePath,
    json.StorePath,
    auth.ServerCertPath,
    json.ServerCertPath,
    driver.SSHKeyPath,
    driver.StorePath,
  ];
  const marker = `/machines/${name}`;
  for (const place of places) {
    const at = typeof place === 'string' ? slashes(place).lastIndexOf(marker) : -1;
    if (at >= 0) return slashes(place as string).slice(0, at);
  }
  return typeof driver.StorePath === 'string' && driver.StorePath !== '' ? slashes(driver.StorePath) : undefined;
}

/** Every text in it that is a path in the one folder leads into the other. */
function rebased<T>(value: T, from: string | undefined, to: string): T {
  if (from === undefined || from === to) return value;
  if (typeof value === 'string') {
    const path = slashes(value);
    if (from === '.' && /^(machines|certs)\//.test(path)) return `${to}/${path}` as T;
    return (path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : value) as T;
  }
  if (Array.isArray(value)) return value.map((each) => rebased(each, from, to)) as T;
  if (!isBag(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rebased(each, from, to)])) as T;
}

/** Windows' paths too. */
function slashes(path: string): string {
  return /^[A-Za-z]:\\/.test(path) ? path.replaceAll('\\', '/') : path;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function notThere(name: string): SlipwayError {
  return new SlipwayError('not-found', `There is no machine "${name}"`, {
    hint: 'docker-machine ls shows the machines that there are.',
  });
}

function broken(name: string, path: string, why: string, cause?: unknown): SlipwayError {
  return new SlipwayError('broken', `The record of "${name}" ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: `Look at "${path}"; docker-machine rm -f ${name} gives up on it.`,
  });
}
