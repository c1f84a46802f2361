import { resolve } from 'node:path';
import { Flags, type Interfaces } from '@oclif/core';
import { driverName } from '../drivers/index.ts';
import { seconds } from '../duration.ts';
import type { FlagSpecs } from '../flags.ts';
import type { CreateRequest } from '../machine/request.ts';
import type { EngineOptions, Machine } from '../store/machine.ts';
import { commonValues, FILE, valuesFor, withShort } from './flags.ts';

const ENGINE = { helpGroup: 'ENGINE' };
const TLS = { helpGroup: 'CERTIFICATES' };
const ACCESS = { helpGroup: 'ACCESS' };
const LIFETIME = { helpGroup: 'LIFETIME' };
/** One value each time the flag is given. */
const LIST = { multiple: true, multipleNonGreedy: true } as const;

const engineFlags = {
  'engine-source': Flags.option({
    ...ENGINE,
    options: ['docker', 'distribution', 'static', 'none'] as const,
    summary: "Docker's signed repository, the distribution's own package, static binaries, or what is there already",
  })(),
  'engine-version': Flags.string({ ...ENGINE, summary: 'Stay within this version: 27, 27.3, 27.3.1' }),
  'engine-url': Flags.string({ ...ENGINE, summary: 'Where the static binaries are' }),
  'engine-checksum': Flags.string({ ...ENGINE, summary: 'Of the static binaries: sha256:HEX or sha512:HEX' }),
  'engine-storage-driver': Flags.string({ ...ENGINE, summary: 'How the engine stores layers' }),
  'engine-label': Flags.string({ ...ENGINE, ...LIST, summary: 'A label of the engine, name=value' }),
  'engine-env': Flags.string({ ...ENGINE, ...LIST, summary: 'An environment variable of the engine, NAME=value' }),
  'engine-registry-mirror': Flags.string({ ...ENGINE, ...LIST, summary: 'A mirror to pull from, as a URL' }),
  'engine-insecure-registry': Flags.string({ ...ENGINE, ...LIST, summary: 'A registry to talk to without TLS' }),
  'engine-opt': Flags.string({ ...ENGINE, ...LIST, summary: 'A setting of daemon.json, name=value' }),
};

const tlsFlags = {
  'tls-san': Flags.string({ ...TLS, ...LIST, summary: "One more name or address for the machine's certificate" }),
  'tls-ca-cert': Flags.string({
    ...TLS,
    env: 'SLIPWAY_TLS_CA_CERT',
    helpValue: FILE,
    dependsOn: ['tls-ca-key'],
    summary: 'The file of your own authority',
  }),
  'tls-ca-key': Flags.string({
    ...TLS,
    env: 'SLIPWAY_TLS_CA_KEY',
    helpValue: FILE,
    dependsOn: ['tls-ca-cert'],
    summary: 'The file of its key',
  }),
  'tls-client-cert': Flags.string({
    ...TLS,
    env: 'SLIPWAY_TLS_CLIENT_CERT',
    helpValue: FILE,
    dependsOn: ['tls-ca-cert', 'tls-client-key'],
    summary: 'The file of your own client certificate',
  }),
  'tls-client-key': Flags.string({
    ...TLS,
    env: 'SLIPWAY_TLS_CLIENT_KEY',
    helpValue: FILE,
    dependsOn: ['tls-client-cert'],
    summary: 'The file of its key',
  }),
};

const accessFlags = {
  access: Flags.option({
    ...ACCESS,
    options: ['tls', 'ssh'] as const,
    summary: 'How docker speaks to the engine: at a port of its own over TLS, or through SSH without one',
  })(),
  'allow-from': Flags.string({
    ...ACCESS,
    ...LIST,
    helpValue: 'NETWORK',
    summary: "Who may reach SSH and the engine, as ADDRESS or ADDRESS/BITS; this computer's own address when absent",
  }),
  'open-port': Flags.string({
    ...ACCESS,
    ...LIST,
    helpValue: 'PORT[/PROTOCOL]',
    summary: "A port that everybody may reach, in the machine's own firewall",
  }),
  'ssh-jump': Flags.string({
    ...ACCESS,
    helpValue: '[USER@]HOST[:PORT]',
    summary: 'Reach the machine through this host; the engine then through SSH',
  }),
};

/** What says how a machine shall be, whichever its driver. */
export const machineFlags = {
  driver: Flags.string({
    char: 'd',
    env: 'SLIPWAY_DRIVER',
    default: 'qemu',
    summary: 'Where to make it: slipway drivers',
  }),
  type: Flags.string({
    helpValue: 'A,B,...',
    summary: "Of which type or size, tried in this order; short for the driver's own flag",
  }),
  zone: Flags.string({
    helpValue: 'X,Y,...',
    summary: "In which zone, tried in this order; short for the driver's own flag",
  }),
  'cloud-init': Flags.string({
    ...LIST,
    helpValue: FILE,
    summary: 'A file of your own for the first boot, #cloud-config or a script; after ours',
  }),
  hostname: Flags.string({ summary: 'Change the host name of a host that is taken over to this' }),
  ttl: Flags.string({
    ...LIFETIME,
    helpValue: 'TIME',
    summary: 'The machine goes by itself when this time is over: 90s, 30m, 2h, 3d, 1h30m',
  }),
  idle: Flags.string({
    ...LIFETIME,
    helpValue: 'TIME',
    summary: 'The machine goes by itself when for this time it had no running container, build or SSH session',
  }),
  ...accessFlags,
  ...engineFlags,
  ...tlsFlags,
};

/** Who types one figure too many is asked by nobody else. */
const MOST = 1000;

/** Those of `create`. */
export const createFlags = {
  ...machineFlags,
  count: Flags.integer({
    min: 1,
    max: MOST,
    helpValue: 'N',
    summary: 'Make so many of each name: NAME-1, NAME-2 …',
  }),
  'all-or-nothing': Flags.boolean({
    exclusive: ['keep-on-failure'],
    summary: 'Where one of several fails, keep none of them',
  }),
  'dry-run': Flags.boolean({ summary: 'Check everything, say what would be made and what it costs, and make nothing' }),
  'keep-on-failure': Flags.boolean({ summary: 'Leave what was made where creating fails, to look at it' }),
};

type Values = Interfaces.InferredFlags<typeof machineFlags> & { readonly 'keep-on-failure': boolean };

/** The request for one machine. */
export function requestOf(name: string, flags: Values, own: FlagSpecs): CreateRequest {
  const jump = flags['ssh-jump'];
  return {
    name,
    driver: driverName(flags.driver),
    flags: valuesFor(own, withShort(driverName(flags.driver), own, flags)),
    ingress: {
      from: flags['allow-from'] ?? [],
      open: [...(flags['open-port'] ?? []), ...commonValues('open-port', own, flags)],
    },
    cloudInit: [...(flags['cloud-init'] ?? []), ...commonValues('cloud-init', own, flags)].map((path) => resolve(path)),
    access: flags.access ?? (jump === undefined ? 'tls' : 'ssh'),
    ...given('jump', jump),
    engine: engineOf(flags),
    tls: tlsOf(flags),
    ...given('ttl', flags.ttl === undefined ? undefined : seconds(flags.ttl)),
    ...given('idle', flags.idle === undefined ? undefined : seconds(flags.idle)),
    keepOnFailure: flags['keep-on-failure'],
    ...given('hostname', flags.hostname),
  };
}

function engineOf(flags: Values): EngineOptions {
  return {
    ...given('source', flags['engine-source']),
    ...given('version', flags['engine-version']),
    ...given('url', flags['engine-url']),
    ...given('checksum', flags['engine-checksum']),
    ...given('storageDriver', flags['engine-storage-driver']),
    labels: flags['engine-label'] ?? [],
    env: flags['engine-env'] ?? [],
    mirrors: flags['engine-registry-mirror'] ?? [],
    insecureRegistries: flags['engine-insecure-registry'] ?? [],
    options: flags['engine-opt'] ?? [],
  };
}

function tlsOf(flags: Values): Machine['tls'] {
  const names = flags['tls-san'] ?? [];
  const [ca, caKey] = [flags['tls-ca-cert'], flags['tls-ca-key']];
  if (ca === undefined || caKey === undefined) return { names };
  const client = {
    ...given('clientCert', absolute(flags['tls-client-cert'])),
    ...given('clientKey', absolute(flags['tls-client-key'])),
  };
  return { names, files: { ca: resolve(ca), caKey: resolve(caKey), ...client } };
}

/** The record outlives this folder. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** An object with this one property, or without any where there is no value. */
function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}
