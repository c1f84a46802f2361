import { readContext } from '../context/index.ts';
import { SlipwayError } from '../errors.ts';
import { storeId } from '../store/identity.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** @throws SlipwayError `exists` where somebody else's docker context has the name of this machine's */
export async function refuseForeignContext(work: Work, machine: Machine): Promise<void> {
  if (work.store.oldCerts) return;
  const present = await readContext(machine.context, work.env);
  if (present === undefined || present.owner === (await storeId(work.store))) return;
  throw new SlipwayError('exists', `There is a docker context "${machine.context}" already, and it is not ours`, {
    hint: `Choose another name, or remove it: docker context rm ${machine.context}`,
  });
}
