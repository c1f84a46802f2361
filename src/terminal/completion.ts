import type { Command } from '@oclif/core';
import { driverGroup, FILE } from './flags.ts';
import { readLine, type Typed } from './typed.ts';

/** What may stand at the cursor. */
export interface Offer {
  /** Not yet compared with what stands there already: each shell has its own way to. */
  readonly candidates: readonly Candidate[];
  /** The shell's own completion of file names is wanted as well. */
  readonly files: boolean;
}

export interface Candidate {
  /** The whole word. One that ends with a colon is gone on with, without a blank. */
  readonly word: string;
  readonly about: string;
}

/** Where candidates come from. */
export interface Sources {
  readonly commands: readonly Command.Loadable[];
  readonly drivers: readonly string[];
  /** Of drivers: { aws: "amazonec2" } */
  readonly shortNames: Readonly<Record<string, string>>;
  /** The names of the machines in the store of this folder, or in the usual one. */
  machines(storagePath: string | undefined): Promise<readonly string[]>;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What may stand at the cursor.
 * @param words what was typed after the program's name; the last is what stands before the cursor, often empty
 */
export async function offer(words: readonly string[], sources: Sources): Promise<Offer> {
  const [id = '', ...rest] = words;
  if (rest.length === 0) return only(id.startsWith('-') ? TOP_FLAGS : commandsOf(sources));
  const command = sources.commands.find((each) => each.id === id || each.aliases.includes(id));
  if (!command) return NOTHING;
  const typed = readLine(rest, command);
  if (typed.remote) return NOTHING;
  if (typed.valueOf) return valuesOf(typed.valueOf, typed.prefix, sources);
  if (typed.flagsMayFollow && typed.current.startsWith('-')) return only(flagsOf(command, typed, sources));
  return argumentsOf(command, typed, sources);
}

/** The lines that the shells' scripts read: a candidate, a tab and what it is; or ":files". */
export function linesOf({ candidates, files }: Offer): string[] {
  return [...candidates.map(({ word, about }) => `${word}\t${about}`), ...(files ? [':files'] : [])];
}

const NOTHING: Offer = { candidates: [], files: false };

const HELP = { word: '--help', about: 'Show what can be given' };
const TOP_FLAGS = [HELP, { word: '--version', about: 'Print the version of Slipway' }];

function only(candidates: readonly Candidate[]): Offer {
  return { candidates, files: false };
}

function plain(words: readonly string[], about = ''): Candidate[] {
  return words.map((word) => ({ word, about }));
}

function commandsOf({ commands }: Sources): Candidate[] {
  return commands
    .filter((command) => !command.hidden)
    .map((command) => ({ word: command.id, about: command.summary ?? '' }));
}

function driversOf({ drivers, shortNames }: Sources): string[] {
  return [...drivers, ...Object.keys(shortNames)];
}

function valuesOf(flag: Command.Flag.Cached, prefix: string, sources: Sources): Offer {
  const values = flag.name === 'driver' ? driversOf(sources) : flag.type === 'option' ? (flag.options ?? []) : [];
  const files = flag.type === 'option' && flag.helpValue === FILE;
  return { candidates: plain(values.map((value) => `${prefix}${value}`)), files };
}

function flagsOf(command: Command.Loadable, typed: Typed, { drivers, shortNames, env }: Sources): Candidate[] {
  const chosen = typed.given.get('driver') || env.SLIPWAY_DRIVER || drivers[0] || '';
  const foreign = drivers.filter((each) => each !== (shortNames[chosen] ?? chosen)).map(driverGroup);
  const fitting = Object.values(command.flags).filter(
    (flag) => !foreign.includes(flag.helpGroup ?? '') && (!typed.given.has(flag.name) || takesMore(flag)),
  );
  const candidates = fitting.map((flag) => {
    const negative = flag.type === 'boolean' && flag.allowNo;
    return { word: `--${negative ? 'no-' : ''}${flag.name}`, about: flag.summary ?? '' };
  });
  return [...candidates, HELP];
}

function takesMore(flag: Command.Flag.Cached): boolean {
  return flag.type === 'option' && flag.multiple === true;
}

/** An argument called `name` is a machine that there is, but for create's. */
async function argumentsOf(command: Command.Loadable, typed: Typed, sources: Sources): Promise<Offer> {
  if (command.id === 'run') return { candidates: [], files: !typed.flagsMayFollow };
  if (command.id === 'create' || typed.given.has('all')) return NOTHING;
  const args = Object.values(command.args);
  const arg = args[command.strict ? typed.words.length : Math.min(typed.words.length, args.length - 1)];
  if (!arg) return NOTHING;
  if (arg.name === 'driver') return only(plain(driversOf(sources)));
  if (arg.options) return only(plain(arg.options));
  const machines = async () => (await sources.machines(typed.given.get('storage-path'))).toSorted();
  if (command.id === 'scp') return placesOf(typed, await machines());
  if (arg.name !== 'name') return NOTHING;
  return only(plain((await machines()).filter((name) => !typed.words.includes(name))));
}

/** Paths here, or a machine's name and a colon; what comes after the colon is not known here. */
function placesOf({ current }: Typed, machines: readonly string[]): Offer {
  if (current.includes(':')) return NOTHING;
  return { candidates: plain(machines.map((name) => `${name}:`)), files: true };
}
