import { randomBytes } from 'node:crypto';
import type { Driver, Part } from '../drivers/driver.ts';
import { SlipwayError, sentenceOf } from '../errors.ts';
import { waitFor } from '../poll.ts';
import { storeId } from '../store/identity.ts';
import { type Machine, type Note, saveMachine } from '../store/machine.ts';
import { madeOf, readableName } from './driving.ts';
import { tellerFor, type Work } from './work.ts';

/**
 * Makes the machine's parts in their order. Each is noted on the disk before it is asked for, and its id after: whatever
 * moment we die at, the notes say what to look for.
 */
export async function makeParts(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const tell = tellerFor(work, machine.name);
  for (const part of driver.parts) {
    await tell.stage(`make the ${part.kind}`, async () => {
      const note: Note = { kind: part.kind, key: await newKey(work, machine), asked: new Date().toISOString() };
      machine.notes.push(note);
      await saveMachine(work.store, machine);
      note.id = await part.create(note.key, madeOf(machine));
      await saveMachine(work.store, machine);
    });
  }
}

/**
 * Removes the machine's parts, the last made first. A part's note goes only when the place has confirmed that the part
 * is gone; one that fails does not keep the others.
 * @throws SlipwayError `failed`, naming each part that is left
 */
export async function unmakeParts(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const tell = tellerFor(work, machine.name);
  const left: string[] = [];
  for (const note of [...machine.notes].reverse()) {
    try {
      await tell.stage(`remove the ${note.kind}`, () => unmake(partOf(driver, note), note, work));
      machine.notes = machine.notes.filter((each) => each !== note);
      await saveMachine(work.store, machine);
    } catch (error) {
      left.push(`the ${note.kind} "${note.id ?? note.key}" (${sentenceOf(error)})`);
    }
  }
  if (left.length > 0) {
    throw new SlipwayError('failed', `Of "${machine.name}" there is still: ${left.join(', ')}`, {
      hint: `Try again: slipway rm ${machine.name}`,
    });
  }
}

/** Unique to one part of one machine, and valid as a name in every place: at most 63 of a-z, 0-9 and hyphens. */
async function newKey(work: Work, machine: Machine): Promise<string> {
  return `slipway-${await storeId(work.store)}-${readableName(machine.name)}-${randomBytes(4).toString('hex')}`;
}

function partOf(driver: Driver, note: Note): Part {
  const part = driver.parts.find((each) => each.kind === note.kind);
  if (part) return part;
  throw new SlipwayError('broken', `This driver has no part "${note.kind}"`);
}

async function unmake(part: Part, note: Note, work: Work): Promise<void> {
  const id = note.id ?? (await settle(part, note, work));
  if (id !== undefined) await part.destroy(id);
}

/** Finds out what became of a create that was never answered: the id, or undefined when nothing was made. */
async function settle(part: Part, note: Note, work: Work): Promise<string | undefined> {
  const settled = Date.parse(note.asked) + (part.settles ?? 0);
  return waitFor(
    { what: `an answer about the ${part.kind}`, limit: (part.settles ?? 0) + 60_000, signal: work.signal },
    async () => {
      const id = await part.find(note.key);
      return id !== undefined || Date.now() >= settled ? { id } : undefined;
    },
  ).then((found) => found.id);
}
