import { SlipwayError } from '../errors.ts';
import { type Holder, lockHolder, takeLock } from '../store/lock.ts';
import type { Machine } from '../store/machine.ts';
import { sharedLock, type Work } from './work.ts';

/** Gives a lease back; again does nothing. */
export type Release = () => Promise<void>;

/**
 * Takes the lease of a machine: for as long as this process has it, the machine is in use, though nobody changes it.
 * @throws SlipwayError `busy` at once where somebody else has it
 */
export async function takeLease(work: Work, name: string): Promise<Release> {
  const holder = await leaseHolder(work, name);
  if (holder === undefined) return takeLock(work.store.locks, leaseOf(name), { wait: 0, signal: work.signal });
  throw new SlipwayError('busy', `"${name}" is used by process ${holder.pid} ("${holder.command}")`, {
    hint: 'Choose another name, or none: then one is made up.',
  });
}

/** The living process whose command uses the machine now, if there is one. */
export async function leaseHolder(work: Work, name: string): Promise<Holder | undefined> {
  return lockHolder(work.store.locks, leaseOf(name));
}

/** Whether the machine was made for a run that has died: nobody will remove it, and nobody can want it. */
export async function isAbandoned(work: Work, { name, forRun }: Machine): Promise<boolean> {
  if (forRun === undefined || forRun.specification !== undefined) return false;
  return (await leaseHolder(work, name)) === undefined;
}

/** The lock's name. */
export function leaseOf(name: string): string {
  return sharedLock(`lease-${name}`);
}
