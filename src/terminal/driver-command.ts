import type { Interfaces, Parser } from '@oclif/core';
import { flagsOf } from '../drivers/flags.ts';
import { type DriverTable, driverModule, driverName, driverNames, noDriver } from '../drivers/index.ts';
import type { FlagSpecs } from '../flags.ts';
import { SlipwayCommand } from './command.ts';
import { credentialsIn, driverFlags, driverIn, refuseForeignFlags, refuseTwice } from './flags.ts';
import { pluginDrivers } from './plugin-drivers.ts';
import { ownWords } from './remote-words.ts';

/** The driver that the line names, else the environment, else the first. */
const named = driverName(
  driverIn(ownWords(process.argv)) ?? (process.env.SLIPWAY_DRIVER || (driverNames[0] as string)),
);

/** How a command offers the flags of a driver. */
type Offer = (name: string, specs: FlagSpecs) => Interfaces.FlagInput;

/** For commands that make machines: which driver it will be is known after parsing. Help tells of one driver's flags. */
export const flagsToMake: Offer = (name, specs) => driverFlags(name, specs, name !== named);

/** For commands that ask places; shown in the help text are only those that say whom to ask. */
export const flagsToAsk: Offer = (name, specs) =>
  Object.fromEntries(
    Object.entries(driverFlags(name, specs)).map(([flag, given]) => [flag, { ...given, hidden: !specs[flag]?.scope }]),
  );

/** The flags of all of our drivers. */
export function ofOurs(offer: Offer): Record<never, never> {
  return offered(offer, new Map(Object.entries(flagsOf)));
}

/** The flags of the drivers that plugins bring. */
export function ofPlugins(offer: Offer): (config: Interfaces.Config) => Promise<Interfaces.FlagInput> {
  return async (config) => offered(offer, await specsOf(pluginDrivers(config)));
}

/** A command that takes the flags of drivers, whoever brings them. */
export abstract class DriverCommand extends SlipwayCommand {
  /** Those that the class cannot have from the beginning, for help and completion. */
  static flagsOfPlugins = ofPlugins(flagsToMake);

  private specs: ReadonlyMap<string, FlagSpecs> = new Map();

  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const others = pluginDrivers(this.config);
    if (Object.hasOwn(others, named)) await driverModule(named, others); // says why it cannot be loaded
    const theirs = await specsOf(others);
    this.specs = new Map([...theirs, ...Object.entries(flagsOf)]);
    const flags = { ...options.flags, ...offered(flagsToMake, theirs) } as Interfaces.FlagInput<F>;
    // A spread leaves out what a class inherits.
    return super.parse({ ...options, baseFlags: options.baseFlags as Interfaces.FlagInput<B>, flags }, argv);
  }

  /**
   * The flags of the chosen driver. Credentials among those that were given go where the provider's own library looks.
   * @throws SlipwayError `bad-input` for an unknown driver, and for flags of another one
   */
  protected chooseDriver(flags: { readonly driver: string }, raw: readonly Token[]): FlagSpecs {
    const [[, own] = []] = this.chooseDrivers([flags.driver], flags, raw);
    return own ?? {};
  }

  /** As `chooseDriver`, for a command that is about several: their own names, and the flags of each. */
  protected chooseDrivers(names: readonly string[], flags: object, raw: readonly Token[]): [string, FlagSpecs][] {
    const chosen = [...new Set(names.map(driverName))].map((name): [string, FlagSpecs] => [name, this.specsFor(name)]);
    const own: FlagSpecs = Object.assign({}, ...chosen.map(([, specs]) => specs));
    // Typed, that is: the environment may well speak of other drivers.
    const typed = raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : []));
    const all: FlagSpecs = Object.assign({}, ...this.specs.values());
    refuseForeignFlags(chosen.map(([name]) => name).join('", "'), typed, own, all);
    refuseTwice(typed, own);
    Object.assign(process.env, credentialsIn(own, flags as Readonly<Record<string, unknown>>));
    return chosen;
  }

  private specsFor(name: string): FlagSpecs {
    const specs = this.specs.get(name);
    if (specs) return specs;
    throw noDriver('bad-input', name, pluginDrivers(this.config));
  }
}

/** The flags of drivers from other packages. One that cannot be loaded must not stand in the way of the others. */
async function specsOf(others: DriverTable): Promise<ReadonlyMap<string, FlagSpecs>> {
  const loaded = await Promise.allSettled(
    Object.keys(others).map(async (name) => [name, (await driverModule(name, others)).flags] as const),
  );
  return new Map(loaded.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
}

function offered(offer: Offer, specs: ReadonlyMap<string, FlagSpecs>): Interfaces.FlagInput {
  return Object.assign({}, ...[...specs].map(([name, each]) => offer(name, each)));
}

type Token = Awaited<ReturnType<typeof Parser.parse>>['raw'][number];
