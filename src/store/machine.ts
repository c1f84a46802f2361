import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { codeOf, SlipwayError } from '../errors.ts';
import { createFile, makeFolder, replaceFile } from '../files.ts';
import type { Layout } from './layout.ts';
import { isMachineName } from './name.ts';
import { format, type Machine, parseRecord } from './record.ts';

export type {
  EngineOptions,
  ForRun,
  Jump,
  Lifetime,
  Machine,
  Note,
  SwarmRequest,
  TlsOptions,
} from './record.ts';

/** A machine, or why its record cannot be read. */
export type Listed = { name: string; machine: Machine } | { name: string; error: SlipwayError };

/** @throws SlipwayError `not-found`, `broken` */
export async function readMachine(store: Layout, name: string): Promise<Machine> {
  const path = store.machine(name).record;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') throw notFound(name);
    throw new SlipwayError('broken', `The record of "${name}" cannot be read`, { cause: error });
  });
  if (store.oldCerts) return (await import('./docker-machine/read.ts')).readRecord(store, name, text);
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
  await createFile(store.machine(machine.name).record, await textOf(store, machine)).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? exists(machine.name) : error;
  });
}

/** Replaces the record as a whole. Only for who holds the machine's lock. */
export async function saveMachine(store: Layout, machine: Machine): Promise<void> {
  await replaceFile(store.machine(machine.name).record, await textOf(store, machine));
}

async function textOf(store: Layout, machine: Machine): Promise<string> {
  if (store.oldCerts) return (await import('./docker-machine/write.ts')).configText(store, machine);
  return format(machine);
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
