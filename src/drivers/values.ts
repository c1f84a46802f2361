import { SlipwayError } from '../errors.ts';
import type { FlagValues } from '../flags.ts';

/** The value of a string flag; undefined where it was not given, or as nothing. @throws SlipwayError `bad-input` */
export function text(values: FlagValues, flag: string): string | undefined {
  const value = values[flag];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new SlipwayError('bad-input', `--${flag} takes one word, not "${value}"`);
}

/** The value of an integer flag within its bounds. @throws SlipwayError `bad-input` */
export function integer(
  values: FlagValues,
  flag: string,
  { least, most }: { least: number; most: number },
): number | undefined {
  const value = values[flag];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SlipwayError('bad-input', `--${flag} takes a number from ${least} to ${most}, not "${value}"`);
}

/**
 * The values of a flag that may be given several times; an environment variable holds them in one text, apart by commas
 * or blanks.
 * @throws SlipwayError `bad-input`
 */
export function list(values: FlagValues, flag: string): readonly string[] {
  const value = values[flag];
  if (value === undefined) return [];
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((word) => word !== '');
  if (Array.isArray(value)) return value;
  throw new SlipwayError('bad-input', `--${flag} takes a list, not "${value}"`);
}

/**
 * The words of a flag that names what to try, in its order; the usual ones where it was not given.
 * @throws SlipwayError `bad-input`
 */
export function choices(values: FlagValues, flag: string, usual: string): string[] {
  const given = (text(values, flag) ?? usual).split(/[\s,]+/).filter((word) => word !== '');
  if (given.length > 0) return given;
  throw new SlipwayError('bad-input', `--${flag} names nothing`);
}

/** A name that has the form of one of its kind. @throws SlipwayError `bad-input` */
export function checked(what: string, given: string, form: RegExp): string {
  if (form.test(given)) return given;
  throw new SlipwayError('bad-input', `"${given}" is no name of ${/^[aeio]/.test(what) ? 'an' : 'a'} ${what}`);
}

/**
 * The value of a string flag of that form, under a key of the settings; nothing where it was not given.
 * @throws SlipwayError `bad-input`
 */
export function optional<K extends string>(
  values: FlagValues,
  key: K,
  flag: string,
  form: RegExp,
): { [P in K]?: string } {
  const given = text(values, flag);
  if (given === undefined) return {};
  if (form.test(given)) return { [key]: given } as { [P in K]?: string };
  throw new SlipwayError('bad-input', `--${flag} does not take "${given}"`);
}
