import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Vsphere } from './client.ts';
import { failureOfTask } from './failures.ts';
import type { Properties } from './properties.ts';
import { type Ref, refOf, type Xml } from './xml.ts';

/** For what vSphere does once it has accepted it, in milliseconds: to copy a large template may take long. */
const LIMIT = 60 * 60_000;

/**
 * Asks for work on an object, and resolves when it has ended well.
 * @param words the arguments of the method, in the order of the schema
 * @returns what the work gave, where it gives something
 * @throws SlipwayError with what it failed at
 */
export async function carriedOut(
  vsphere: Vsphere,
  method: string,
  on: Ref,
  words: readonly (Xml | undefined)[] = [],
): Promise<Ref | undefined> {
  const [task] = await vsphere.call(method, on, words, { repeatable: true });
  if (task === undefined) throw new SlipwayError('refused', `vSphere does not say what became of "${method}"`);
  const hint = 'See what it is doing: the vSphere client lists its tasks.';
  const what = `"${method.replace('_Task', '')}" of vSphere`;
  const { 'info.result': result } = await waitFor({ what, limit: LIMIT, hint, signal: vsphere.signal }, () =>
    ended(vsphere, refOf(task)),
  );
  return result === undefined ? undefined : refOf(result);
}

/** A task is forgotten some minutes after its end, and not before. */
async function ended(vsphere: Vsphere, task: Ref): Promise<Properties | undefined> {
  const seen = await vsphere.look(task);
  if (seen === undefined) throw new SlipwayError('refused', 'vSphere does not know its own task any more');
  const { 'info.state': state, 'info.error': error } = seen;
  if (state?.text === 'error' && error) throw failureOfTask(error);
  return state?.text === 'success' ? seen : undefined;
}
