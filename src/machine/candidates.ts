import { codeOf, SlipwayError, sentenceOf } from '../errors.ts';
import type { FlagValues } from '../flags.ts';
import { type Machine, saveMachine } from '../store/machine.ts';
import { driverOf } from './driving.ts';
import { unmakeParts } from './parts.ts';
import { tellerFor, type Work } from './work.ts';

/**
 * Makes the machine as its flags say, and, where the place has no such machine left, as the next choice says. What a
 * try made is removed before the next begins.
 * @throws the error of the only choice, or SlipwayError with the code of the last and what was said to each
 */
export async function firstThatCanBeHad(work: Work, machine: Machine, make: () => Promise<void>): Promise<void> {
  const refusals: Refusal[] = [];
  for (;;) {
    try {
      if (refusals.length > 0) await (await driverOf(work, machine)).check?.();
      return await make();
    } catch (error) {
      if (!isScarce(error)) throw error;
      refusals.push({ flags: machine.flags, error });
      if (!machine.untried?.length) throw refusals.length > 1 ? allRefused(refusals) : error;
    }
    await next(work, machine, refusals.at(-1)?.error);
  }
}

interface Refusal {
  readonly flags: FlagValues;
  readonly error: unknown;
}

/** Whether another type, zone or price may be had where this could not. */
function isScarce(error: unknown): boolean {
  return codeOf(error) === 'no-capacity' || codeOf(error) === 'quota';
}

async function next(work: Work, machine: Machine, why: unknown): Promise<void> {
  const tell = tellerFor(work, machine.name);
  await tell.stage('undo', async (note) => {
    note(sentenceOf(why));
    await unmakeParts(work, machine, await driverOf(work, machine));
  });
  const [flags = machine.flags, ...untried] = machine.untried ?? [];
  await tell.stage('try the next choice', async (note) => {
    note(difference(machine.flags, flags));
    machine.flags = flags;
    machine.untried = untried;
    delete machine.endpoint;
    await saveMachine(work.store, machine);
  });
}

/** What is not the same in the second, for a person: "amazonec2-zone b". */
function difference(from: FlagValues, to: FlagValues): string {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const other = names.filter((name) => String(from[name] ?? '') !== String(to[name] ?? ''));
  return other.map((name) => `${name} ${to[name] ?? 'not set'}`).join(', ');
}

function allRefused(refusals: readonly Refusal[]): SlipwayError {
  const last = refusals.at(-1)?.error;
  const code = codeOf(last) === 'quota' ? 'quota' : 'no-capacity';
  return new SlipwayError(code, `None of the ${refusals.length} choices could be had`, {
    cause: new AggregateError(refusals.map(({ error }) => error)),
    hint: 'Name more types or zones, or try again later.',
  });
}
