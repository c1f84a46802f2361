import { type Machine, saveMachine } from '../store/machine.ts';
import { renewWhereDue, whyRenew } from './certificates.ts';
import { writeClientSide } from './context.ts';
import { withHost } from './host.ts';
import { setUpHost } from './provision.ts';
import type { Work } from './work.ts';

/**
 * Brings everything that follows from the machine's state after it: the certificate when it runs out soon or the
 * address is another one, then the client's files and the context. For who holds the machine's lock.
 */
export async function refresh(work: Work, machine: Machine): Promise<void> {
  if (machine.phase !== 'ready') return;
  if (machine.setUpBy) await takeOverWhereDue(work, machine);
  else await renewWhereDue(work, machine);
  await saveMachine(work.store, machine);
  await writeClientSide(work, machine);
}

/** docker-machine's certificates are where its settings say: ours come with settings of our own. */
async function takeOverWhereDue(work: Work, machine: Machine): Promise<void> {
  if ((await whyRenew(work, machine)) !== undefined)
    await withHost(work, machine, (host) => setUpHost(work, machine, host));
}
