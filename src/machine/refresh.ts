import { type Machine, saveMachine } from '../store/machine.ts';
import { renewWhereDue } from './certificates.ts';
import { writeClientSide } from './context.ts';
import type { Work } from './work.ts';

/**
 * Brings everything that follows from the machine's state after it: the certificate when it runs out soon or the
 * address is another one, then the client's files and the context. For who holds the machine's lock.
 */
export async function refresh(work: Work, machine: Machine): Promise<void> {
  if (machine.phase !== 'ready') return;
  await renewWhereDue(work, machine);
  await saveMachine(work.store, machine);
  await writeClientSide(work, machine);
}
