import type { Parser } from '@oclif/core';
import { flagsOf } from '../drivers/flags.ts';
import { driverName, driverNames, shortNames } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';
import type { FlagSpecs } from '../flags.ts';
import { credentialsIn, driverFlags, driverIn, refuseForeignFlags, refuseTwice } from './flags.ts';
import { ownWords } from './remote-words.ts';

const specsOf = new Map(Object.entries(flagsOf));

/** Help tells of one driver's flags: the one on the line, else that of the environment, else the first. */
const shown = driverName(
  driverIn(ownWords(process.argv)) ?? (process.env.SLIPWAY_DRIVER || (driverNames[0] as string)),
);

/** As `flagsOfDrivers`; shown in the help text are only those that say whom to ask. */
export const scopeFlagsOfDrivers = Object.assign(
  {},
  ...[...specsOf].map(([name, specs]) => {
    const flags = Object.entries(driverFlags(name, specs));
    return Object.fromEntries(flags.map(([flag, given]) => [flag, { ...given, hidden: !specs[flag]?.scope }]));
  }),
) as Record<never, never>;

/** The flags of all drivers, for commands that make machines: which driver it will be is known after parsing. */
export const flagsOfDrivers = Object.assign(
  {},
  ...[...specsOf].map(([name, specs]) => driverFlags(name, specs, name !== shown)),
) as Record<never, never>;

/**
 * The flags of the chosen driver. Credentials among those that were given go where the provider's own library looks.
 * @throws SlipwayError `bad-input` for an unknown driver, and for flags of another one
 */
export function chooseDriver(flags: { readonly driver: string }, raw: readonly Token[]): FlagSpecs {
  const [[, own] = []] = chooseDrivers([flags.driver], flags, raw);
  return own ?? {};
}

/** As `chooseDriver`, for a command that is about several: their own names, and the flags of each. */
export function chooseDrivers(names: readonly string[], flags: object, raw: readonly Token[]): [string, FlagSpecs][] {
  const chosen = [...new Set(names.map(driverName))].map((name): [string, FlagSpecs] => [name, specsFor(name)]);
  const own: FlagSpecs = Object.assign({}, ...chosen.map(([, specs]) => specs));
  // Typed, that is: the environment may well speak of other drivers.
  const typed = raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : []));
  refuseForeignFlags(chosen.map(([name]) => name).join('", "'), typed, own, Object.assign({}, ...specsOf.values()));
  refuseTwice(typed, own);
  Object.assign(process.env, credentialsIn(own, flags as Readonly<Record<string, unknown>>));
  return chosen;
}

function specsFor(name: string): FlagSpecs {
  const specs = specsOf.get(name);
  if (specs) return specs;
  throw new SlipwayError('bad-input', `There is no driver "${name}"`, {
    hint: `There are: ${[...driverNames, ...Object.keys(shortNames)].join(', ')}`,
  });
}

type Token = Awaited<ReturnType<typeof Parser.parse>>['raw'][number];
