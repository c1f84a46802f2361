import { codeOf, SlipwayError, sentenceOf } from '../errors.ts';
import type { FlagValues } from '../flags.ts';
import type { Machine } from '../store/machine.ts';
import { tellerFor, type Work } from './work.ts';

/**
 * Attempts something with the machine's flags, and, where the place has no such machine left, with its next choice.
 * @param undo removes what an attempt made, before the next begins
 * @throws the error of the only choice, or SlipwayError with the code of the last and what was said to each
 */
export async function firstThatCanBeHad<T>(
  work: Work,
  machine: Machine,
  attempt: (again: boolean) => Promise<T>,
  undo: () => Promise<void>,
): Promise<T> {
  const refusals: unknown[] = [];
  for (;;) {
    try {
      return await attempt(refusals.length > 0);
    } catch (error) {
      if (!isScarce(error)) throw error;
      refusals.push(error);
    }
    const [next, ...untried] = machine.untried ?? [];
    if (next === undefined) throw refusals.length > 1 ? allRefused(refusals) : refusals[0];
    await undo();
    await tellerFor(work, machine.name).stage('try the next choice', async (note) => {
      note(`${difference(machine.flags, next)}, since ${sentenceOf(refusals.at(-1))}`);
    });
    machine.flags = next;
    machine.untried = untried;
    delete machine.endpoint;
  }
}

/** Whether another type, zone or price may be had where this could not. */
function isScarce(error: unknown): boolean {
  return codeOf(error) === 'no-capacity' || codeOf(error) === 'quota';
}

/** What is not the same in the second, for a person: "amazonec2-zone b". */
function difference(from: FlagValues, to: FlagValues): string {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const other = names.filter((name) => String(from[name] ?? '') !== String(to[name] ?? ''));
  return other.map((name) => `${name} ${to[name] ?? 'not set'}`).join(', ');
}

function allRefused(refusals: readonly unknown[]): SlipwayError {
  const code = codeOf(refusals.at(-1)) === 'quota' ? 'quota' : 'no-capacity';
  return new SlipwayError(code, `None of the ${refusals.length} choices could be had`, {
    cause: new AggregateError(refusals),
    hint: 'Name more types or zones, or try again later.',
  });
}
