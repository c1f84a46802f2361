import { codeOf, SlipwayError } from '../errors.ts';
import { inRanges } from '../ranges.ts';
import { hasFolder, type Listed, listMachines, type Machine } from '../store/machine.ts';
import { create } from './create.ts';
import { remove } from './remove.ts';
import type { CreateRequest } from './request.ts';
import { tellerFor, uninterrupted, type Work } from './work.ts';

/** What became of one of them. */
export interface Created {
  readonly name: string;
  /** Ready. */
  readonly machine?: Machine;
  /** Why it is not; also why it could not be undone. */
  readonly error?: unknown;
  /** Something of it is still there, though it is not ready. */
  readonly left?: true;
}

/**
 * Makes several machines at once; a failure does not keep the others. With `allOrNothing` it ends them: what is not ready
 * yet is interrupted, what is is removed.
 * @throws SlipwayError `exists`, before anything is made, when a name is taken
 */
export async function createMany(
  work: Work,
  requests: readonly CreateRequest[],
  allOrNothing: boolean,
): Promise<Created[]> {
  await refuseTaken(work, requests);
  const others = new AbortController();
  const signal = work.signal ? AbortSignal.any([work.signal, others.signal]) : others.signal;
  const created = await Promise.all(
    requests.map(async (request): Promise<Created> => {
      const { name } = request;
      const made = tellerFor(work, name).stage('create', () => create({ ...work, signal }, request));
      return made.then(
        (machine) => ({ name, machine }),
        (error: unknown) => {
          const isForOthers = others.signal.aborted && codeOf(error) === 'interrupted';
          if (allOrNothing) others.abort();
          return isForOthers ? { name } : { name, error };
        },
      );
    }),
  );
  const undo = allOrNothing && created.some(({ machine }) => !machine);
  const settled = undo ? await Promise.all(created.map((each) => removeAgain(work, each))) : created;
  return Promise.all(settled.map((each) => withRest(work, each)));
}

async function removeAgain(work: Work, created: Created): Promise<Created> {
  const { name, machine } = created;
  if (!machine) return created;
  return remove(uninterrupted(work), { name }).then(
    () => ({ name }),
    (error: unknown) => ({ name, error }),
  );
}

async function withRest(work: Work, created: Created): Promise<Created> {
  const isLeft = !created.machine && (await hasFolder(work.store, created.name));
  return isLeft ? { ...created, left: true } : created;
}

/** What a command that died left under a name is not in the way: `create` removes it. */
async function refuseTaken(work: Work, requests: readonly CreateRequest[]): Promise<void> {
  const present = await listMachines(work.store);
  const taken = requests.flatMap(({ name }) => present.find((listed) => isInTheWay(listed, name)) ?? []);
  if (taken.length === 0) return;
  const names = inRanges(taken.map(({ name }) => name));
  throw new SlipwayError('exists', `${taken.length > 1 ? 'These names are' : 'This name is'} taken: ${names}`, {
    hint: 'Nothing has been made. Choose other names, or remove what is there: slipway rm',
  });
}

function isInTheWay(listed: Listed, name: string): boolean {
  if (listed.name !== name) return listed.name.toLowerCase() === name.toLowerCase();
  return !('machine' in listed) || listed.machine.phase === 'ready';
}
