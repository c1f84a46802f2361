import type { Found } from '../../drivers/driver.ts';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../../errors.ts';
import { storeId } from '../../store/identity.ts';
import { withLock } from '../../store/lock.ts';
import { eraseMachine, listMachines, type Machine, readMachine } from '../../store/machine.ts';
import { leaseOf } from '../lease.ts';
import { removeLocked } from '../remove.ts';
import { sharedLock, tellerFor, type Work } from '../work.ts';
import type { Leftover, PartsRemoval, Place, RecordRemoval, Removal } from './findings.ts';
import { isSharedAt, mayUse, notedKeys } from './parts.ts';
import { several } from './several.ts';

/** What became of a leftover: it is gone, unless there is an error, or a reason for which it stays after all. */
export interface Swept {
  readonly leftover: Leftover;
  readonly error?: unknown;
  readonly because?: string;
}

/**
 * Removes what was found, some at once, and what machines shared last. What has changed since it was found stays. One that
 * fails does not keep the others.
 */
export async function removeAll(work: Work, removals: readonly Removal[]): Promise<Swept[]> {
  const gone = new Set<Found>();
  const [shared, single] = [removals.filter(isShared), removals.filter((each) => !isShared(each))];
  const swept = await several(single, (removal) =>
    outcomeOf(removal, () => ('place' in removal ? removeParts(work, removal, gone) : removeRecord(work, removal))),
  );
  return [...swept, ...(await removeShared(work, shared, gone))];
}

function isShared(removal: Removal): removal is PartsRemoval {
  return removal.leftover.what === 'shared';
}

/** The work gives a reason where it removed nothing. */
async function outcomeOf({ leftover }: Removal, work: () => Promise<string | undefined>): Promise<Swept> {
  try {
    const because = await work();
    return because === undefined ? { leftover } : { leftover, because };
  } catch (error) {
    return codeOf(error) === 'busy' ? { leftover, because: sentenceOf(error) } : { leftover, error };
  }
}

const CHANGED = 'it has changed since it was found';

/** Looks at it again with its locks in hand: somebody may have removed it, or made another of its name, or extended it. */
async function removeRecord(work: Work, { leftover: { name }, still }: RecordRemoval): Promise<string | undefined> {
  const now = { wait: 0, signal: work.signal };
  const unchanged = async () => {
    const machine = await presentMachine(work, name);
    if (!(await still(machine))) return CHANGED;
    if (machine) await removeLocked(work, machine);
    else await eraseMachine(work.store, name);
    return undefined;
  };
  const alone = () => withLock(work.store.locks, name, unchanged, now);
  return withLock(work.store.locks, leaseOf(name), alone, now);
}

async function presentMachine(work: Work, name: string): Promise<Machine | undefined> {
  return readMachine(work.store, name).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** The last made first. One that fails keeps those made before it, since it may need them. */
async function removeParts(work: Work, removal: PartsRemoval, gone: Set<Found>): Promise<undefined> {
  const { place, leftover } = removal;
  const rest = inReverse(place, removal.found);
  const tell = tellerFor(work, leftover.name);
  for (const found of [...rest]) {
    try {
      await tell.stage(`remove the ${found.kind}`, () => destroy(place, found));
    } catch (error) {
      throw stillThere(leftover, rest, error);
    }
    gone.add(found);
    rest.shift();
  }
}

function inReverse({ removable }: Place, found: readonly Found[]): Found[] {
  const order = removable.map(({ kind }) => kind);
  return [...found].sort((a, b) => order.indexOf(b.kind) - order.indexOf(a.kind));
}

async function destroy({ removable, driver }: Place, { kind, id }: Found): Promise<void> {
  const remover = removable.find((each) => each.kind === kind);
  if (!remover) throw new SlipwayError('broken', `The driver "${driver}" cannot remove the ${kind} "${id}"`);
  await remover.destroy(id);
}

function stillThere({ name }: Leftover, rest: readonly Found[], cause: unknown): SlipwayError {
  const parts = rest.map(({ kind, id }) => `the ${kind} "${id}"`).join(', ');
  return new SlipwayError('failed', `Of "${name}" there is still ${parts}`, {
    cause,
    hint: hintOf(cause) ?? 'Try again: slipway gc',
  });
}

/** Each place is asked once more: somebody may be making a machine there by now. */
async function removeShared(work: Work, removals: readonly PartsRemoval[], gone: ReadonlySet<Found>): Promise<Swept[]> {
  const places = [...new Set(removals.map(({ place }) => place))];
  const swept = await several(places, async (place) => {
    const there = inReverse(
      place,
      removals.filter((each) => each.place === place).flatMap(({ found }) => found),
    );
    const ordered = there.flatMap((found) => removals.filter((each) => each.found[0] === found));
    const present = place.survey.survey(place.flags, work.signal);
    const done: Swept[] = [];
    for (const removal of ordered) {
      done.push(await outcomeOf(removal, async () => removeUnlessUsed(work, removal, await present, gone)));
    }
    return done;
  });
  return swept.flat();
}

async function removeUnlessUsed(
  work: Work,
  { place, leftover, found: [shared] }: PartsRemoval,
  present: readonly Found[],
  gone: ReadonlySet<Found>,
): Promise<string | undefined> {
  if (!shared) return CHANGED;
  const alone = async () => {
    const noted = notedKeys(await listMachines(work.store));
    const isGone = (part: Found) => [...gone].some(({ id }) => id === part.id);
    const others = present.filter((part) => !isSharedAt(place)(part) && !isGone(part) && mayUse(shared, part));
    const users = others.filter(({ labels }) => !noted.has(labels['slipway-key'] ?? ''));
    if (noted.has(leftover.name) || users.length > 0) return 'a machine uses it';
    await tellerFor(work, leftover.name).stage(`remove the ${shared.kind}`, () => destroy(place, shared));
    return undefined;
  };
  if (leftover.store !== (await storeId(work.store))) return alone();
  return withLock(work.store.locks, sharedLock(leftover.name), alone, { signal: work.signal });
}
