import { waitFor } from '../../poll.ts';
import { newVsphere, type Vsphere } from './client.ts';
import { failureOfTask } from './failures.ts';
import type { Place } from './place.ts';
import type { Ref, Xml } from './xml.ts';

/** For vSphere to make the machine, before anything is sent, in milliseconds. */
const LIMIT = 10 * 60_000;

/** What vSphere tells when it is ready to take the disks. */
export async function granted(vsphere: Vsphere, lease: Ref): Promise<Xml> {
  return waitFor({ what: 'vSphere to take the image', limit: LIMIT, signal: vsphere.signal }, async () => {
    const { state, error, info } = await lookAt(vsphere, lease);
    if (error) throw failureOfTask(error);
    return state === 'ready' ? info : undefined;
  });
}

/** The machine stays from now on. An answer may be lost: then the lease is asked. */
export async function completed(vsphere: Vsphere, lease: Ref): Promise<void> {
  try {
    await vsphere.call('HttpNfcLeaseComplete', lease, [], { repeatable: true });
  } catch (error) {
    const { state } = await lookAt(vsphere, lease);
    if (state !== undefined && state !== 'done') throw error;
  }
}

/** Also where the command is interrupted. What cannot be given up is removed like every machine, or ends by itself. */
export async function givenUp({ settings, site: { memory } }: Place, lease: Ref): Promise<void> {
  const vsphere = newVsphere(settings.server, { memory });
  await vsphere.call('HttpNfcLeaseAbort', lease, [], { repeatable: true }).catch(() => undefined);
}

interface Lease {
  /** "initializing", "ready", "done", "error"; undefined when it is forgotten. */
  readonly state: string | undefined;
  readonly error: Xml | undefined;
  readonly info: Xml | undefined;
}

async function lookAt(vsphere: Vsphere, lease: Ref): Promise<Lease> {
  const [found] = await vsphere.read({ HttpNfcLease: ['state', 'error', 'info'] }, [lease]);
  const { state, error, info } = found?.properties ?? {};
  return { state: state?.text, error, info };
}
