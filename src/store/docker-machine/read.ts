import { stat } from 'node:fs/promises';
import type { Endpoint } from '../../endpoint.ts';
import type { FlagValues } from '../../flags.ts';
import type { Layout } from '../layout.ts';
import { type EngineOptions, type Machine, type Note, parseRecord, type TlsOptions } from '../record.ts';
import { type Bag, type Config, isBag, parseConfig, textIn, textsIn } from './config.ts';
import { type Login, type OldDriver, oldDrivers, oursFor, valueAt } from './drivers/index.ts';

/**
 * The record in a config.json: ours, where we wrote one, else what docker-machine's says. Nothing is written.
 * @throws SlipwayError `broken`
 */
export async function readRecord(store: Layout, name: string, text: string): Promise<Machine> {
  const { config, own } = parseConfig(store, name, text);
  const credentials = credentialsOf(config);
  const machine = own
    ? parseRecord(JSON.stringify(own), name, store.machine(name).record)
    : await oldRecord(store, config);
  return { ...machine, ...(credentials === undefined ? {} : { credentials }) };
}

async function oldRecord(
  store: Layout,
  { Driver: driver, DriverName, HostOptions, Name: name }: Config,
): Promise<Machine> {
  const old: OldDriver = oldDrivers[DriverName] ?? { keys: {}, read: [], user: 'docker' };
  const login = loginOf(driver, old, store.machine(name).identity);
  const created = (await stat(store.machine(name).record)).mtime.toISOString();
  const endpoint = endpointOf(driver, login);
  const isForeign = DriverName === 'generic' || DriverName === 'none' || driver.UseExisting === true;
  return {
    version: 1,
    name,
    driver: oursFor(DriverName),
    flags: flagsOf(driver, old, login),
    created,
    phase: 'ready',
    notes: notesOf(old.parts?.(driver, name) ?? {}, name, created),
    ...(endpoint ? { endpoint } : {}),
    hostKeys: [],
    engine: engineOf(HostOptions.EngineOptions),
    tls: tlsOf(HostOptions.AuthOptions),
    context: name,
    adopted: isForeign,
    setUpBy: 'docker-machine',
  };
}

/** The first records of docker-machine left to the driver's code what is the same for all its machines. */
function loginOf(driver: Bag, { user }: OldDriver, ownKey: string): Login {
  const isKeyless = driver.SSHKeyPath === '' && textIn(driver, 'SSHKey') === '';
  return {
    user: textIn(driver, 'SSHUser') || textIn(driver, 'UserName') || user,
    port: portIn(driver, 'SSHPort') ?? 22,
    ...(isKeyless ? {} : { key: textIn(driver, 'SSHKeyPath') || textIn(driver, 'SSHKey') || ownKey }),
  };
}

function endpointOf(driver: Bag, { user, port, key }: Login): Endpoint | undefined {
  const url = URL.parse(textIn(driver, 'URL').replace(/^tcp:/, 'http:'));
  const host = url?.hostname || textIn(driver, 'IPAddress') || textIn(driver, 'Ip');
  if (host === '') return undefined;
  return {
    host,
    sshPort: port,
    sshUser: user,
    enginePort: Number(url?.port) || (portIn(driver, 'EnginePort') ?? portIn(driver, 'DockerPort') ?? 2376),
    identity: key === undefined ? { agent: true } : { file: key },
  };
}

function portIn(driver: Bag, key: string): number | undefined {
  const value = driver[key];
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536 ? (value as number) : undefined;
}

function flagsOf(driver: Bag, old: OldDriver, login: Login): FlagValues {
  const kept = old.read.flatMap((key) => {
    const [flag, value] = [old.keys[key], valueAt(driver, key)];
    return flag === undefined || !isValue(value) || value === '' ? [] : [[flag, value] as const];
  });
  return { ...Object.fromEntries(kept), ...old.flags?.(driver, login) };
}

function isValue(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Under no key of ours: each is known by its id alone. */
function notesOf(parts: Readonly<Record<string, string>>, name: string, asked: string): Note[] {
  return Object.entries(parts).map(([kind, id]) => ({ kind, key: `docker-machine-${name}-${kind}`, asked, id }));
}

function engineOf(options: Bag): EngineOptions {
  const storageDriver = textIn(options, 'StorageDriver');
  return {
    ...(storageDriver === '' ? {} : { storageDriver }),
    labels: textsIn(options, 'Labels'),
    env: textsIn(options, 'Env'),
    mirrors: textsIn(options, 'RegistryMirror'),
    insecureRegistries: textsIn(options, 'InsecureRegistry'),
    options: textsIn(options, 'ArbitraryFlags'),
  };
}

function tlsOf(auth: Config['HostOptions']['AuthOptions']): TlsOptions {
  const { CaCertPath: ca, CaPrivateKeyPath: caKey, ClientCertPath: clientCert, ClientKeyPath: clientKey } = auth;
  return { files: { ca, caKey, clientCert, clientKey }, names: [...auth.ServerCertSANs] };
}

/** Of a driver that docker-machine had not: they are kept under the names of their flags. */
function ownCredentials({ Credentials }: Bag): Readonly<Record<string, string>> {
  const flags = isBag(Credentials) ? Object.keys(Credentials) : [];
  return Object.fromEntries(flags.map((flag) => [`Credentials.${flag}`, flag]));
}

function credentialsOf({ Driver, DriverName }: Config): Machine['credentials'] {
  const old = Object.hasOwn(oldDrivers, DriverName) ? oldDrivers[DriverName] : undefined;
  const keys = Object.entries(old ? (old.credentials ?? {}) : ownCredentials(Driver));
  const known = keys
    .map(([key, flag]) => [flag, String(valueAt(Driver, key) ?? '')] as const)
    .filter(([, value]) => value !== '');
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
