import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { type Authority, currentAuthority, replaceAuthority } from './authority.ts';
import { moveToAuthority, renewOn } from './certificates.ts';
import { writeClientSide } from './context.ts';
import { withHost } from './host.ts';
import { setUpHost } from './provision.ts';
import { type Work, withMachine } from './work.ts';

/** Makes the machine's certificate again; a machine of an older authority moves to the present one. */
export async function regenerateCerts(work: Work, name: string): Promise<void> {
  await withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    if (machine.sshAlias !== undefined) throw withoutCertificate(name);
    const next = machine.tls.files ? undefined : await currentAuthority(work);
    if (machine.setUpBy) return takeOver(work, machine, next);
    if (next && next.id !== machine.tls.authority) return moveToAuthority(work, machine, next);
    await withHost(work, machine, (host) => renewOn(work, machine, host));
  });
}

/** Where docker-machine's certificates are, its own settings say: new ones come with ours. */
async function takeOver(work: Work, machine: Machine, next: Authority | undefined): Promise<void> {
  if (next?.id !== undefined) machine.tls = { ...machine.tls, authority: next.id };
  await withHost(work, machine, (host) => setUpHost(work, machine, host));
  await saveMachine(work.store, machine);
  await writeClientSide(work, machine);
}

function withoutCertificate(name: string): SlipwayError {
  return new SlipwayError('unsupported', `"${name}" has no certificate: its engine is spoken to through SSH`);
}

/** Makes a new authority; machines move to it one by one with `regenerateCerts`. */
export async function regenerateAuthority(work: Work): Promise<void> {
  await replaceAuthority(work);
}
