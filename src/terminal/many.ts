import { SlipwayError } from '../errors.ts';
import type { Work } from '../machine/work.ts';
import { listMachines } from '../store/machine.ts';
import { machineName } from '../store/name.ts';

/**
 * The machines that a command is about: those named, once each, or with --all every one of the store.
 * @throws SlipwayError `bad-input` for none, for names beside --all, and for what cannot be a name
 */
export async function chosen(work: Work, names: readonly string[], all: boolean): Promise<string[]> {
  if (all && names.length > 0) throw new SlipwayError('bad-input', 'Give names or --all, not both');
  if (all) return (await listMachines(work.store)).map((listed) => listed.name);
  if (names.length > 0) return named(names);
  throw new SlipwayError('bad-input', 'Which machine? Give one name or more, or --all', {
    hint: 'slipway ls shows the machines that there are.',
  });
}

/**
 * The machines that are named, once each.
 * @throws SlipwayError `bad-input` for none, and for what cannot be a name
 */
export function named(names: readonly string[]): string[] {
  if (names.length === 0) throw new SlipwayError('bad-input', 'Which name shall the machine have? Give one or more');
  return [...new Set(names.map(machineName))];
}

/** The names of so many of each: "web-1", "web-2" … */
export function counted(names: readonly string[], count: number | undefined): string[] {
  if (count === undefined) return [...names];
  return names.flatMap((name) => Array.from({ length: count }, (_, n) => machineName(`${name}-${n + 1}`)));
}

export interface Outcome<T> {
  readonly name: string;
  readonly value?: T;
  readonly error?: unknown;
}

/** Does the same with each machine, all at once; a failure does not keep the others. */
export async function forEach<T>(names: readonly string[], verb: (name: string) => Promise<T>): Promise<Outcome<T>[]> {
  return Promise.all(
    names.map((name) =>
      verb(name).then(
        (value): Outcome<T> => ({ name, value }),
        (error: unknown): Outcome<T> => ({ name, error }),
      ),
    ),
  );
}
