import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import type { FlagValues } from '../flags.ts';

/** The record of one machine: machine.json. What a newer Slipway adds to it is kept when an older one saves. */
export interface Machine {
  readonly version: 1;
  readonly name: string;
  readonly driver: string;
  /** The driver's flags; of those that leave a choice, the one that is tried, or was had. */
  flags: FlagValues;
  /** Whose account at the place it was made in. */
  account?: string;
  /** The choices that have not been tried yet, in their order. */
  untried?: FlagValues[];
  readonly created: string;
  /** `creating` until the engine answered for the first time; `removing` once `rm` has begun. */
  phase: 'creating' | 'ready' | 'removing';
  /** One for each part that was asked for, in that order; written before asking. */
  notes: Note[];
  /** The last one known. */
  endpoint?: Endpoint;
  /** Public key lines of the host; a connection is refused unless it shows one of them. */
  hostKeys: string[];
  /** The user and sudo's way of asking, once known. */
  sudo?: 'root' | 'free' | 'password';
  readonly engine: EngineOptions;
  tls: TlsOptions;
  /** The name of its docker context. */
  readonly context: string;
  /** The host was somebody else's: rm puts back what was there. True from before the first change on. */
  adopted: boolean;
  /**
   * The name by which the user's own ssh knows the machine; only where the engine is spoken to through SSH, and opens no
   * port of its own.
   */
  readonly sshAlias?: string;
  /** Whom the machine's own firewall shall admit: networks for SSH and the engine, ports for everybody. */
  ingress?: { from: string[]; open: { port: number; protocol: 'tcp' | 'udp' }[] };
  /** The host from which alone the machine is reached, with the keys that it must show. */
  readonly jump?: Jump;
  /** The run of a CI system that made it. */
  readonly run?: string;
  /** Made by `slipway run`, to go when that is done. */
  forRun?: ForRun;
  /** When it goes by itself; absent for one that stays. */
  lifetime?: Lifetime;
  /** Its user switched it off: it has not gone off because nobody used it. Only where that would end it. */
  off?: true;
  /** Neither `rm` nor `gc` may remove it. False once it was, since a label at its place may tell. */
  protected?: boolean;
  /** For an adopted host: the host name was asked to be changed. */
  readonly hostname?: string;
  /** docker-machine made it, and its own settings are still on the host: the first change there puts ours in their place. */
  setUpBy?: 'docker-machine';
  /** Credentials by their flags. Only in docker-machine's store, whose users give them at `create` alone. */
  credentials?: Readonly<Record<string, string>>;
  /** What `create` was asked for as to a swarm. */
  readonly swarm?: SwarmRequest;
  /** docker-machine's flag of this name, kept for who reads its config.json. */
  readonly installUrl?: string;
}

/** docker-machine's flags for the standalone Swarm of old. Only the first two still mean something. */
export interface SwarmRequest {
  /** `--swarm` */
  readonly agent: boolean;
  /** `--swarm-master` */
  readonly master: boolean;
  readonly discovery: string;
  readonly addr: string;
  readonly host: string;
  readonly image: string;
  readonly strategy: string;
  readonly options: readonly string[];
  readonly joinOptions: readonly string[];
  readonly experimental: boolean;
}

export interface Jump {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identity: NonNullable<Endpoint['identity']>;
  readonly hostKeys: readonly string[];
}

/** Whoever uses the machine holds its lease, a lock; without a specification, one that nobody holds is a leftover. */
export interface ForRun {
  /** What it was asked to be, in short: it waits for the next run that asks for the same. */
  readonly specification?: string;
}

export interface Lifetime {
  /** The moment, in ISO 8601, until which it may run. */
  readonly ends?: string;
  /** For how many seconds nobody may have used it. */
  readonly idle?: number;
}

/** Which part was asked for, under which key, and when; with the id once the place has told it. */
export interface Note {
  readonly kind: string;
  readonly key: string;
  readonly asked: string;
  id?: string;
  /** The place said that it made nothing. */
  refused?: true;
}

export interface EngineOptions {
  readonly source?: 'docker' | 'distribution' | 'static' | 'none';
  readonly version?: string;
  readonly url?: string;
  readonly checksum?: string;
  readonly storageDriver?: string;
  readonly labels: readonly string[];
  readonly env: readonly string[];
  readonly mirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly options: readonly string[];
}

export interface TlsOptions {
  /** The store's authority that signed for this machine; absent while `files` names the user's own. */
  authority?: string;
  /** The user's own authority and client certificate, by the paths of their files. */
  readonly files?: { ca: string; caKey: string; clientCert?: string; clientKey?: string };
  /** Names and addresses that the user wants in the certificate. */
  readonly names: readonly string[];
  /** When the server's certificate runs out; ISO 8601. */
  expires?: string;
}

/** @throws SlipwayError `broken` */
export function parseRecord(text: string, name: string, path: string): Machine {
  const broken = (why: string, cause?: unknown) =>
    new SlipwayError('broken', `The record of "${name}" ${why}`, {
      cause,
      hint: `Look at "${path}"; slipway rm --force ${name} gives up on it.`,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken('is not JSON', error);
  }
  const record = value as Partial<Machine> | null;
  if (typeof record !== 'object' || record === null) throw broken('is not an object');
  if (typeof record.version === 'number' && record.version > 1) throw broken('was written by a newer Slipway');
  if (!isWhole(record)) throw broken('is incomplete');
  return { ...record, name };
}

/** What every verb counts on. */
function isWhole(record: Partial<Machine>): record is Machine {
  const { version, driver, flags, phase, notes, endpoint, hostKeys, engine, tls, context, lifetime, forRun } = record;
  return (
    version === 1 &&
    typeof driver === 'string' &&
    isObject(flags) &&
    ['creating', 'ready', 'removing'].includes(phase ?? '') &&
    Array.isArray(notes) &&
    notes.every(isObject) &&
    (endpoint === undefined || isEndpoint(endpoint)) &&
    Array.isArray(hostKeys) &&
    isObject(engine) &&
    isObject(tls) &&
    Array.isArray(tls?.names) &&
    typeof context === 'string' &&
    (lifetime === undefined || isLifetime(lifetime)) &&
    (forRun === undefined || isObject(forRun))
  );
}

function isEndpoint(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { host, sshPort, sshUser, enginePort } = value as Partial<Endpoint>;
  const texts = [host, sshUser].every((text) => typeof text === 'string' && text !== '');
  return texts && [sshPort, enginePort].every((port) => Number.isInteger(port));
}

function isLifetime(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { ends, idle } = value as Lifetime;
  const isMoment = ends === undefined || (typeof ends === 'string' && !Number.isNaN(Date.parse(ends)));
  return isMoment && (idle === undefined || (Number.isInteger(idle) && idle > 0));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export function format(machine: Machine): string {
  return `${JSON.stringify(machine, null, 2)}\n`;
}
