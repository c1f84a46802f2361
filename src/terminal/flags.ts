import { resolve } from 'node:path';
import { Args, Flags, type Interfaces } from '@oclif/core';
import { SlipwayError } from '../errors.ts';
import type { FlagSpec, FlagSpecs, FlagValues, Short } from '../flags.ts';
import { machineName } from '../store/name.ts';

/** Stands in the help text for a value that names a file; the completion of shells goes by it too. */
export const FILE = 'FILE';

/** On every command. */
export const globalFlags = {
  'storage-path': Flags.string({
    char: 's',
    summary: 'The folder of the records, keys and certificates (SLIPWAY_HOME; default ~/.slipway)',
    helpGroup: 'GLOBAL',
    helpValue: FILE,
  }),
  debug: Flags.boolean({ char: 'D', summary: 'Show where an error comes from', helpGroup: 'GLOBAL' }),
};

/** On every command that takes long. */
export const progressFlags = {
  progress: Flags.option({
    options: ['auto', 'plain', 'json'] as const,
    default: 'auto',
    summary:
      'How to tell what is being done, on standard error: live on a terminal, plain lines, one JSON event a line',
  })(),
  quiet: Flags.boolean({ char: 'q', summary: 'Print nothing but the answer' }),
};

/** On every command that prints data. */
export const jsonFlag = { json: Flags.boolean({ summary: 'Print JSON' }) };

/** On every command that can take all machines. */
export const allFlag = { all: Flags.boolean({ char: 'a', summary: 'Every machine of the store' }) };

/** For commands that take several machines; the others are in argv. */
export const namesArg = { name: Args.string({ description: 'machines, by their names' }) };

/** For commands about one machine. */
export const nameArg = {
  name: Args.string({ description: 'the machine', required: true, parse: async (name) => machineName(name) }),
};

/** As `nameArg`, for commands that can do without. */
export const optionalNameArg = {
  name: Args.string({ description: 'the machine', parse: async (name) => machineName(name) }),
};

/** A driver's flags for the command line's library, as one group of the help text, or `hidden` in it. */
export function driverFlags(driver: string, specs: FlagSpecs, hidden = false): Interfaces.FlagInput {
  const group = driverGroup(driver);
  const flags = Object.entries(specs).map(([name, spec]) => [name, { ...oclifFlag(spec, group), hidden }]);
  return Object.fromEntries(flags);
}

/** The driver that a line of words chooses, the name as it stands there; undefined where none does. */
export function driverIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => /^(-d|--driver)/.test(word));
  const [, joined] = /^(?:-d|--driver=)(.+)$/.exec(words[at] ?? '') ?? [];
  return joined ?? (at < 0 ? undefined : words[at + 1]);
}

/** The name of that group. */
export function driverGroup(driver: string): string {
  return `DRIVER ${driver.toUpperCase()}`;
}

/** The values of the flags that belong to these specs, the names of files made absolute; nothing names no file. */
export function valuesFor(specs: FlagSpecs, values: Readonly<Record<string, unknown>>): FlagValues {
  const kept = (name: string) => !specs[name]?.credential && !specs[name]?.common;
  const own = Object.keys(specs).filter((name) => values[name] !== undefined && kept(name));
  const value = (name: string) =>
    specs[name]?.path && values[name] !== '' ? resolve(String(values[name])) : values[name];
  return Object.fromEntries(own.map((name) => [name, value(name)])) as FlagValues;
}

const SHORT: readonly Short[] = ['type', 'zone'];

/**
 * The values with what was given to `--type` and `--zone` as that of the driver's own flags.
 * @throws SlipwayError `bad-input` where the driver has none such
 */
export function withShort(
  driver: string,
  specs: FlagSpecs,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = SHORT.filter((short) => values[short] !== undefined);
  const meant = given.map((short): [string, unknown] => [
    longFor(short, specs) ?? missing(short, driver),
    values[short],
  ]);
  return { ...values, ...Object.fromEntries(meant) };
}

/** @throws SlipwayError `bad-input` where a flag was typed by its short name and by its own */
export function refuseTwice(typed: readonly string[], specs: FlagSpecs): void {
  for (const short of SHORT.filter((each) => typed.includes(each))) {
    const long = longFor(short, specs);
    if (long === undefined || !typed.includes(long)) continue;
    throw new SlipwayError('bad-input', `--${short} and --${long} mean the same: give one of them`);
  }
}

function longFor(short: Short, specs: FlagSpecs): string | undefined {
  return Object.keys(specs).find((name) => specs[name]?.short === short);
}

function missing(short: Short, driver: string): never {
  throw new SlipwayError('bad-input', `The driver "${driver}" has nothing that --${short} could mean`, {
    hint: `slipway drivers ${driver} shows the flags that it has.`,
  });
}

/** What was given to older names of a flag that every driver has. */
export function commonValues(
  common: NonNullable<FlagSpec['common']>,
  specs: FlagSpecs,
  values: Readonly<Record<string, unknown>>,
): string[] {
  const names = Object.keys(specs).filter((name) => specs[name]?.common === common);
  return names.flatMap((name) => (values[name] as string | string[] | undefined) ?? []);
}

/** The credentials that were given as flags, as the variables in which the provider's own library looks for them. */
export function credentialsIn(specs: FlagSpecs, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(specs).filter(([name, spec]) => spec.credential && spec.env && values[name]);
  return Object.fromEntries(given.map(([name, spec]) => [spec.env, String(values[name])]));
}

/** @throws SlipwayError `bad-input` for flags of a driver that was not chosen */
export function refuseForeignFlags(driver: string, given: readonly string[], own: FlagSpecs, all: FlagSpecs): void {
  const foreign = given.find((name) => name in all && !(name in own));
  if (foreign === undefined) return;
  throw new SlipwayError('bad-input', `--${foreign} is not a flag of the driver "${driver}"`, {
    hint: `slipway drivers ${driver} shows the flags that it has.`,
  });
}

function oclifFlag(spec: FlagSpec, helpGroup: string) {
  const common = {
    summary: spec.summary,
    helpGroup,
    ...(spec.env === undefined ? {} : { env: spec.env }),
    ...(spec.older === undefined ? {} : { aliases: [spec.older] }),
  };
  if (spec.kind === 'boolean') return Flags.boolean({ ...common, allowNo: spec.default === true });
  if (spec.kind === 'integer') {
    return Flags.integer({ ...common, ...(typeof spec.default === 'number' ? { default: spec.default } : {}) });
  }
  const value = {
    ...(spec.choices ? { options: [...spec.choices] } : {}),
    ...(spec.path ? { helpValue: FILE } : {}),
  };
  if (spec.multiple) return Flags.string({ ...common, ...value, multiple: true, multipleNonGreedy: true });
  return Flags.string({
    ...common,
    ...value,
    ...(typeof spec.default === 'string' ? { default: spec.default } : {}),
  });
}
