import { lendCredentials } from '../machine/credentials.ts';
import { driverOf, madeOf } from '../machine/driving.ts';
import { stateOf } from '../machine/list.ts';
import type { Work } from '../machine/work.ts';
import { hasFolder, type Machine, machineNames, readMachine } from '../store/machine.ts';
import { isMachineName } from '../store/name.ts';
import { forEach } from '../terminal/many.ts';
import { complain } from './call.ts';
import { reason, sentence, textOf, withHelp } from './errors.ts';
import { stateWord } from './states.ts';

/** The machines that are named, else the one called "default"; all of them are there. */
export async function named(work: Work, words: readonly string[]): Promise<readonly string[]> {
  const names = words.length > 0 ? words : [await defaultName(work)];
  for (const name of names) await mustExist(work, name);
  await lendCredentials(work, names);
  return names;
}

/** For a command that asks about all machines: the credentials that one of them keeps count for all of its account. */
export async function lendToAll(work: Work): Promise<void> {
  await lendCredentials(work, await machineNames(work.store));
}

/** As `named`, for a command about one machine. */
export async function oneNamed(work: Work, words: readonly string[]): Promise<string> {
  if (words.length > 1) throw withHelp('Error: Expected one machine name as an argument');
  const [name = ''] = await named(work, words);
  return name;
}

export async function isThere(work: Work, name: string): Promise<boolean> {
  return isMachineName(name) && (await hasFolder(work.store, name));
}

export async function mustExist(work: Work, name: string): Promise<void> {
  if (await isThere(work, name)) return;
  throw sentence(
    `Docker machine "${name}" does not exist. Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.`,
  );
}

/** The record, or docker-machine's words for one that cannot be understood. */
export async function loaded(work: Work, name: string): Promise<Machine> {
  return readMachine(work.store, name).catch((error: unknown) => {
    throw notLoaded(error);
  });
}

export function notLoaded(error: unknown): Error {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return sentence(`Error getting migrated host: ${reason(cause)}`);
}

/**
 * Does the same with each machine, all at once, and tells the failures one a line; gives the exit code.
 */
export async function withEach(names: readonly string[], verb: (name: string) => Promise<void>): Promise<number> {
  const failed = (await forEach(names, verb)).filter(({ error }) => error !== undefined);
  for (const { error } of failed) complain(textOf(error));
  return failed.length > 0 ? 1 : 0;
}

/** What the place says of a machine whose power is ours, in docker-machine's words; undefined for others. */
export async function powerOf(work: Work, machine: Machine): Promise<string | undefined> {
  const driver = await driverOf(work, machine);
  return driver.power && stateWord(await driver.power.state(madeOf(machine)));
}

/** @throws Error `Host is not running`: an address that is not the machine's any more is worse than none */
export async function mustRun(work: Work, machine: Machine): Promise<void> {
  const state = machine.phase === 'ready' ? await powerOf(work, machine) : stateWord(await stateOf(work, machine));
  if (state !== undefined && state !== 'Running') throw sentence('Host is not running');
}

async function defaultName(work: Work): Promise<string> {
  if (await isThere(work, 'default')) return 'default';
  throw sentence('Error: No machine name(s) specified and no "default" machine exists');
}
