import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import type { Endpoint } from '../endpoint.ts';
import { codeOf, SlipwayError } from '../errors.ts';
import { createFile, makeFolder, replaceFile } from '../files.ts';
import type { FlagValues } from '../flags.ts';
import type { Layout } from './layout.ts';
import { isMachineName } from './name.ts';

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
  /** Neither `rm` nor `gc` may remove it. */
  protected?: true;
  /** For an adopted host: the host name was asked to be changed. */
  readonly hostname?: string;
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

/** A machine, or why its record cannot be read. */
export type Listed = { name: string; machine: Machine } | { name: string; error: SlipwayError };

/** @throws SlipwayError `not-found`, `broken` */
export async function readMachine(store: Layout, name: string): Promise<Machine> {
  const path = store.machine(name).record;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') throw notFound(name);
    throw new SlipwayError('broken', `The record of "${name}" cannot be read`, { cause: error });
  });
  return parseRecord(text, name, path);
}

/** Every machine of the store, in natural order. One broken record does not hide the others. */
export async function listMachines(store: Layout): Promise<Listed[]> {
  const names = (await machineNames(store)).sort(naturally);
  const listed = await Promise.all(names.map((name) => listOne(store, name)));
  return listed.filter((each) => each !== undefined);
}

/**
 * The names of the machines' folders, in no order; a folder may still turn out to hold no record. One whose name cannot
 * be a machine's is not ours.
 */
export async function machineNames(store: Layout): Promise<string[]> {
  const entries = await readdir(store.machines, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new SlipwayError('broken', `The store "${store.root}" cannot be read`, { cause: error });
  });
  return entries.filter((entry) => entry.isDirectory() && isMachineName(entry.name)).map((entry) => entry.name);
}

/**
 * Writes the record of a new machine.
 * @throws SlipwayError `exists`, also for a name that differs only in case
 */
export async function addMachine(store: Layout, machine: Machine): Promise<void> {
  const taken = (await machineNames(store)).find((name) => name.toLowerCase() === machine.name.toLowerCase());
  if (taken !== undefined && taken !== machine.name) throw exists(taken);
  await makeFolder(store.machine(machine.name).folder);
  await createFile(store.machine(machine.name).record, format(machine)).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? exists(machine.name) : error;
  });
}

/** Replaces the record as a whole. Only for who holds the machine's lock. */
export async function saveMachine(store: Layout, machine: Machine): Promise<void> {
  await replaceFile(store.machine(machine.name).record, format(machine));
}

/** Removes the machine's folder, the record last: what is left after a crash can still be named and removed. */
export async function eraseMachine(store: Layout, name: string): Promise<void> {
  const { folder, record } = store.machine(name);
  const entries = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    const path = `${folder}/${entry}`;
    if (path !== record) await rm(path, { recursive: true, force: true });
  }
  await rm(record, { force: true });
  await rmdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

/** True when there is a folder of this name, be it with a record or without. */
export async function hasFolder(store: Layout, name: string): Promise<boolean> {
  return stat(store.machine(name).folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

export function notFound(name: string): SlipwayError {
  return new SlipwayError('not-found', `There is no machine "${name}"`, {
    hint: `slipway ls shows the machines that there are; slipway create ${name} makes one.`,
  });
}

export function exists(name: string): SlipwayError {
  return new SlipwayError('exists', `There is a machine "${name}" already`, {
    hint: `Choose another name, or remove it first: slipway rm ${name}`,
  });
}

/** "web-2" before "web-10". Not the system's own way to sort: to read its rules takes longer than the rest of `ls -q`. */
function naturally(a: string, b: string): number {
  const [some, others] = [a, b].map((name) => name.toLowerCase().split(/(\d+)/)) as [string[], string[]];
  for (const [index, one] of some.entries()) {
    const other = others[index] ?? '';
    const difference = index % 2 === 1 ? Number(one) - Number(other) : 0; // every second is a number
    if (difference !== 0) return difference;
    if (one !== other && index % 2 === 0) return one < other ? -1 : 1;
  }
  return some.length - others.length || (a < b ? -1 : 1);
}

async function listOne(store: Layout, name: string): Promise<Listed | undefined> {
  try {
    return { name, machine: await readMachine(store, name) };
  } catch (error) {
    if (codeOf(error) === 'not-found') return undefined; // an empty folder: something that died before its first record
    if (error instanceof SlipwayError) return { name, error };
    throw error;
  }
}

function parseRecord(text: string, name: string, path: string): Machine {
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

function format(machine: Machine): string {
  return `${JSON.stringify(machine, null, 2)}\n`;
}
