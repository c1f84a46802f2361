import { removeContext } from '../context/index.ts';
import { codeOf, SlipwayError } from '../errors.ts';
import { restore } from '../provision/index.ts';
import { storeId } from '../store/identity.ts';
import { eraseMachine, hasFolder, type Machine, notFound, readMachine, saveMachine } from '../store/machine.ts';
import { driverOf } from './driving.ts';
import { withHost } from './host.ts';
import { unmakeParts } from './parts.ts';
import { isProtected, refuseProtected } from './protect.ts';
import { writeSshConfig } from './ssh-config.ts';
import { tellerFor, type Work, withMachine } from './work.ts';

export interface RemoveRequest {
  readonly name: string;
  /** Give up on what cannot be removed: forget the machine all the same. A protected one stays even so. */
  readonly force?: boolean;
}

/**
 * Removes the machine: its parts, its context, its record, in this order, so that what cannot be removed is still
 * known. An adopted host is put back as it was. Repeatable after any interruption.
 */
export async function remove(work: Work, request: RemoveRequest): Promise<void> {
  await withMachine(work, request.name, async () => {
    if (!(await hasFolder(work.store, request.name))) throw notFound(request.name);
    const machine = await recordToRemove(work, request);
    if (machine === undefined) return eraseMachine(work.store, request.name);
    await removeLocked(work, machine, request.force);
  });
}

/** What `remove` would refuse at once: that there is nothing of this name, or that it is protected. Undefined if it would begin. */
export async function obstacleToRemove({ store }: Work, name: string): Promise<SlipwayError | undefined> {
  if (!(await hasFolder(store, name))) return notFound(name);
  const machine = await readMachine(store, name).catch(() => undefined);
  return machine?.protected ? isProtected(machine) : undefined;
}

/** As `remove`, for a machine that somebody else may have removed. */
export async function removeUnlessGone(work: Work, name: string): Promise<void> {
  await remove(work, { name }).catch((error: unknown) => {
    if (codeOf(error) !== 'not-found') throw error;
  });
}

/** As `remove`, for who holds the machine's lock. */
export async function removeLocked(work: Work, machine: Machine, force = false): Promise<void> {
  refuseProtected(machine);
  machine.phase = 'removing';
  await saveMachine(work.store, machine);
  try {
    if (machine.adopted) await handBack(work, machine);
    else await unmakeParts(work, machine, await driverOf(work, machine));
  } catch (error) {
    if (!force) throw error;
    const detail = `Giving up: ${error instanceof Error ? error.message : error}`;
    work.report({ machine: machine.name, stage: 'remove', state: 'note', detail });
  }
  if (!work.store.oldCerts) await removeContext(machine.context, await storeId(work.store), work.env);
  if (machine.sshAlias !== undefined) await writeSshConfig(work);
  await eraseMachine(work.store, machine.name);
}

/** Undefined for a folder without a record, which a killed create left, and for a broken record when forced. */
async function recordToRemove(work: Work, request: RemoveRequest): Promise<Machine | undefined> {
  return readMachine(work.store, request.name).catch((error: unknown) => {
    const passable = codeOf(error) === 'not-found' || (request.force && codeOf(error) === 'broken');
    if (passable) return undefined;
    throw error;
  });
}

/** Puts an adopted host back as it was. Where we never got in, nothing was changed. */
async function handBack(work: Work, machine: Machine): Promise<void> {
  if (machine.sudo === undefined) return;
  await tellerFor(work, machine.name)
    .stage('put the host back as it was', () =>
      withHost(work, machine, async (host) => {
        await host.carryOut(restore(await host.facts()));
      }),
    )
    .catch((error: unknown) => {
      throw new SlipwayError('failed', `The host of "${machine.name}" could not be put back as it was`, {
        cause: error,
        hint: `Try again when it can be reached, or leave it as it is: slipway rm --force ${machine.name}`,
      });
    });
}
