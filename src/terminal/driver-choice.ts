import type { Parser } from '@oclif/core';
import { driverModule, driverName, driverNames } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';
import type { FlagSpecs } from '../flags.ts';
import { credentialsIn, driverFlags, driverIn, refuseForeignFlags } from './flags.ts';
import { ownWords } from './remote-words.ts';

const specsOf = new Map<string, FlagSpecs>(
  await Promise.all(driverNames.map(async (name) => [name, (await driverModule(name)).flags] as const)),
);

/** Help tells of one driver's flags: the one on the line, else that of the environment, else the first. */
const shown = driverName(
  driverIn(ownWords(process.argv)) ?? (process.env.SLIPWAY_DRIVER || (driverNames[0] as string)),
);

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
  const driver = driverName(flags.driver);
  const own = specsOf.get(driver);
  if (!own) throw unknownDriver(flags.driver);
  // Typed, that is: the environment may well speak of other drivers.
  const typed = raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : []));
  refuseForeignFlags(driver, typed, own, Object.assign({}, ...specsOf.values()));
  Object.assign(process.env, credentialsIn(own, flags));
  return own;
}

type Token = Awaited<ReturnType<typeof Parser.parse>>['raw'][number];

function unknownDriver(name: string): SlipwayError {
  return new SlipwayError('bad-input', `There is no driver "${name}"`, {
    hint: `There are: ${driverNames.join(', ')}`,
  });
}
