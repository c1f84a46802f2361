import { durationText } from '../duration.ts';
import { hintOf, sentenceOf } from '../errors.ts';
import type { Findings, Leftover, Problem, Swept } from '../machine/gc.ts';
import { table } from './table.ts';

const HEADINGS = ['MACHINE', 'WHAT', 'DRIVER', 'WHERE', 'AGE', 'REASON'];

/** What would be removed, and what stays though there is a reason, as tables. */
export function leftoversText({ removals, kept }: Findings): string {
  const going = table(
    HEADINGS,
    removals.map(({ leftover }) => cells(leftover)),
  );
  const staying = table(
    [...HEADINGS, 'STAYS'],
    kept.map((each) => [...cells(each), each.because]),
  );
  const tables = [...(removals.length > 0 ? [going] : []), ...(kept.length > 0 ? [staying] : [])];
  return tables.length > 0 ? tables.join('\n\n') : 'There is nothing to remove.';
}

/** The same as data, with what became of each where something was done about it. */
export function leftoversJson({ removals, kept, problems }: Findings, swept: readonly Swept[] = []): object {
  return {
    leftovers: removals.map(({ leftover }) => ({ ...described(leftover), ...outcome(leftover, swept) })),
    kept: kept.map((each) => ({ ...described(each), because: each.because })),
    problems: problems.map(({ about, error }: Problem) => ({ about, ...told(error) })),
  };
}

function cells({ name, what, driver, where, created, reason, parts }: Leftover): string[] {
  const kinds = [...new Set(parts.map(({ kind }) => kind))].join(', ');
  const whole = what === 'machine' ? 'machine' : kinds;
  return [name, whole, driver, where ?? '', created === undefined ? '' : durationText(ageOf(created)), reason];
}

function described({ what, name, driver, where, store, created, reason, parts }: Leftover): object {
  const age = created === undefined ? undefined : ageOf(created);
  return { what, name, driver, where, store, created, age, reason, parts };
}

/** In seconds. */
function ageOf(created: string): number {
  return Math.max(0, Math.floor((Date.now() - Date.parse(created)) / 1000));
}

function outcome(leftover: Leftover, swept: readonly Swept[]): object {
  const found = swept.find((each) => each.leftover === leftover);
  if (!found) return {};
  const { error, because } = found;
  const removed = error === undefined && because === undefined;
  return { removed, ...(because === undefined ? {} : { because }), ...(error === undefined ? {} : told(error)) };
}

function told(error: unknown): object {
  return { error: sentenceOf(error), hint: hintOf(error) };
}
