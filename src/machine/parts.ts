import { randomBytes } from 'node:crypto';
import type { Driver, Part, Removable } from '../drivers/driver.ts';
import { isRefusal } from '../drivers/refusal.ts';
import { hintOf, SlipwayError } from '../errors.ts';
import type { Memory } from '../memory.ts';
import { waitFor } from '../poll.ts';
import { storeId } from '../store/identity.ts';
import { withLock } from '../store/lock.ts';
import { listMachines, type Machine, type Note, readMachine, saveMachine } from '../store/machine.ts';
import { madeOf, readableName } from './driving.ts';
import { sharedLock, tellerFor, type Work } from './work.ts';

/**
 * Makes the machine's parts in their order. Each is noted on the disk before it is asked for, and its id after: whatever
 * moment we die at, the notes say what to look for.
 */
export async function makeParts(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const tell = tellerFor(work, machine.name);
  for (const part of driver.parts) {
    await tell.stage(`make the ${part.kind}`, async () => {
      const key = await keyOf(work, machine, part);
      await alone(work, part, key, async () => {
        const note: Note = { kind: part.kind, key, asked: new Date().toISOString() };
        machine.notes.push(note);
        await saveMachine(work.store, machine);
        note.id = (await madeByAnother(work, part, key)) ?? (await createPart(work, machine, part, note));
        if (part.shared !== undefined) made(work).set(key, { id: note.id, by: machine.name });
        await saveMachine(work.store, machine);
      });
    });
  }
}

async function createPart(work: Work, machine: Machine, part: Part, note: Note): Promise<string> {
  try {
    return await part.create(note.key, madeOf(machine));
  } catch (error) {
    if (isRefusal(error)) {
      note.refused = true;
      await saveMachine(work.store, machine);
    }
    throw error;
  }
}

/** The shared parts that each command has made itself, by their keys: it need not ask whether they are there. */
const madeIn = new WeakMap<Memory, Map<string, { readonly id: string; readonly by: string }>>();

function made({ memory }: Work): Map<string, { readonly id: string; readonly by: string }> {
  const parts = (memory && madeIn.get(memory)) ?? new Map();
  if (memory) madeIn.set(memory, parts);
  return parts;
}

/** The id of a shared part that another machine of this command has made and still uses: so it is still there. */
async function madeByAnother(work: Work, part: Part, key: string): Promise<string | undefined> {
  const known = part.shared === undefined ? undefined : made(work).get(key);
  const other = known && (await readMachine(work.store, known.by).catch(() => undefined));
  return other?.phase !== 'removing' && other?.notes.some((note) => note.key === key && note.id === known?.id)
    ? known?.id
    : undefined;
}

/**
 * Removes the machine's parts, the last made first. A part's note goes only when the place has confirmed that the part
 * is gone. One that fails keeps those made before it, since it may need them: a place would let us wait for them in vain.
 * @throws SlipwayError `failed`, `denied` or `interrupted`, naming each part that is left; also with the credentials of
 * another account
 */
export async function unmakeParts(work: Work, machine: Machine, driver: Driver): Promise<void> {
  try {
    if (machine.notes.length > 0) await refuseOtherAccount(work, machine, driver);
    for (const note of [...machine.notes].reverse()) await unmakeNoted(work, machine, driver, note);
  } catch (error) {
    throw stillThere(machine, error);
  }
}

async function unmakeNoted(work: Work, machine: Machine, driver: Driver, note: Note): Promise<void> {
  const part = partOf(driver, note);
  await tellerFor(work, machine.name).stage(`remove the ${note.kind}`, (more) =>
    alone(work, part, note.key, async () => {
      await unmakeUnlessUsed(work, machine, part, note, more);
      machine.notes = machine.notes.filter((each) => each !== note);
      await saveMachine(work.store, machine);
    }),
  );
}

/** The parts that a machine still has, or may have, the last made first: 'the instance "i-1", the key-pair "k"'. */
export function partsText({ notes }: Machine): string {
  return [...notes]
    .reverse()
    .map(({ kind, id, key }) => `the ${kind} "${id ?? key}"`)
    .join(', ');
}

function stillThere(machine: Machine, cause: unknown): SlipwayError {
  const known = cause instanceof SlipwayError && (cause.code === 'interrupted' || cause.code === 'denied');
  return new SlipwayError(known ? cause.code : 'failed', `Of "${machine.name}" there is still ${partsText(machine)}`, {
    cause,
    hint: hintOf(cause) ?? `Try again: slipway rm ${machine.name}`,
  });
}

/** What other machines use too stays for them; so long as this one's note is there, it counts as a user itself. */
async function unmakeUnlessUsed(
  work: Work,
  machine: Machine,
  part: Removable,
  note: Note,
  tell: (detail: string) => void,
): Promise<void> {
  const other = part.shared === undefined ? undefined : await otherUser(work, machine, note);
  if (other !== undefined) tell(`it stays: "${other}" uses it too`);
  else await unmake(part, note, work, tell);
}

/** With the credentials of another account, everything would seem to be gone. */
export async function refuseOtherAccount(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const { name, driver: place, account } = machine;
  if (driver.nameless) return refuseWhereNothingIs(work, machine, driver);
  if (machine.setUpBy && !machine.credentials) return refuseWhereUnseen(machine, driver);
  const present = account === undefined ? undefined : await driver.account?.();
  if (present === account) return;
  throw new SlipwayError('denied', `"${name}" is in the account "${account}" of "${place}", and this is "${present}"`, {
    hint: 'Use the credentials with which it was made, then try again.',
  });
}

/** docker-machine noted no account: whose machine cannot be seen may be in another one. */
async function refuseWhereUnseen(machine: Machine, driver: Driver): Promise<void> {
  const { name, driver: place } = machine;
  if (machine.adopted || (await driver.power?.state(madeOf(machine))) !== 'Gone') return;
  throw new SlipwayError('denied', `"${place}" shows no machine "${name}" to these credentials`, {
    hint: `Use those with which it was made. Only if it was removed by hand: rm --force ${name}`,
  });
}

/** Where accounts have no names: what was made first is removed last, so that while there is more it must be there. */
async function refuseWhereNothingIs(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const [first, second] = machine.notes;
  if (first === undefined || second === undefined) return;
  if ((await settle(partOf(driver, first), first, work)) !== undefined) return;
  const sentence = `Nothing of "${machine.name}" is to be found at "${machine.driver}" with these credentials`;
  throw new SlipwayError('denied', sentence, {
    hint: `Use those with which it was made. Only if all was removed by hand: slipway rm --force ${machine.name}`,
  });
}

/**
 * Unique to one part of one machine, or to what machines of this store share; valid as a name in every place: at most
 * 63 of a-z, 0-9 and hyphens.
 */
async function keyOf(work: Work, machine: Machine, part: Part): Promise<string> {
  const own = `slipway-${await storeId(work.store)}`;
  if (part.shared !== undefined) return `${own}-${part.shared}`;
  return `${own}-${readableName(machine.name)}-${randomBytes(4).toString('hex')}`;
}

/** Does the work while nobody else of this store makes or removes the same shared part. */
async function alone<T>(work: Work, part: Removable, key: string, use: () => Promise<T>): Promise<T> {
  if (part.shared === undefined) return use();
  return withLock(work.store.locks, sharedLock(key), use, { wait: SHARED_WAIT, signal: work.signal });
}

/** For another process to make or remove a shared part. */
const SHARED_WAIT = 15 * 60_000;

/** The name of a machine that has asked for the same shared part. One whose record is broken may have. */
async function otherUser(work: Work, machine: Machine, { key }: Note): Promise<string | undefined> {
  const others = (await listMachines(work.store)).filter(({ name }) => name !== machine.name);
  return others.find((other) => !('machine' in other) || other.machine.notes.some((note) => note.key === key))?.name;
}

function partOf(driver: Driver, note: Note): Part | Removable {
  const part = [...driver.parts, ...(driver.former ?? [])].find((each) => each.kind === note.kind);
  if (part) return part;
  throw new SlipwayError('broken', `This driver has no part "${note.kind}"`);
}

async function unmake(part: Removable, note: Note, work: Work, tell: (detail: string) => void): Promise<void> {
  const id = note.id ?? (await settle(part, note, work, tell));
  if (id !== undefined) await part.destroy(id);
}

/**
 * Finds out what became of a create that was never answered: the id, or undefined when nothing was made. It may have been
 * asked for again at any time since the note was written, up to the death of the process: so the wait begins now.
 */
async function settle(
  part: Removable & Partial<Part>,
  note: Note,
  work: Work,
  tell: (detail: string) => void = () => undefined,
): Promise<string | undefined> {
  const find = async () => part.find?.(note.key);
  const settles = note.refused ? 0 : (part.settles ?? 0);
  const settled = Date.now() + settles;
  const found = await find();
  if (found !== undefined || settles === 0) return found;
  tell(`nobody told whether it was made; it is looked for until it would show, ${Math.round(settles / 1000)} s`);
  return waitFor(
    { what: `an answer about the ${part.kind}`, limit: settles + 60_000, signal: work.signal },
    async () => {
      const id = await find();
      return id !== undefined || Date.now() >= settled ? { id } : undefined;
    },
  ).then(({ id }) => id);
}
