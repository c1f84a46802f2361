import { usage } from './errors.ts';

/** A flag as docker-machine had them: one dash or two, by each of its names. */
export interface OldFlag {
  /** The long name first. */
  readonly names: readonly [string, ...string[]];
  readonly kind: 'bool' | 'string' | 'int' | 'slice';
  /** One line for the help text. */
  readonly summary: string;
  /** Counts where it is not empty, and the flag is not given; a slice's has commas between its values. */
  readonly env?: string;
  readonly default?: string | number | boolean;
  /** Which words may be given; absent for any. */
  readonly choices?: readonly string[];
}

export type Values = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Arguments {
  /** By the flags' long names; booleans are always there. */
  readonly flags: Values;
  /** The long names of those that stood on the line. */
  readonly given: readonly string[];
  readonly words: readonly string[];
}

/**
 * Reads the words of a command. Flags may stand anywhere; all after `--` are words, and with `first` all from the first
 * word on.
 * @throws UsageError in docker-machine's words
 */
export function readArguments(
  line: readonly string[],
  flags: readonly OldFlag[],
  env: NodeJS.ProcessEnv,
  first = false,
): Arguments {
  const given = new Map<string, string[]>();
  const words: string[] = [];
  for (let at = 0; at < line.length; at++) {
    const word = line[at] as string;
    const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (word === '--') {
      words.push(...line.slice(at + 1));
      break;
    }
    if (name === undefined) {
      if (first) {
        words.push(...line.slice(at));
        break;
      }
      words.push(word);
      continue;
    }
    const flag = flags.find(({ names }) => names.includes(name));
    if (!flag) throw usage(`flag provided but not defined: -${name}`);
    const taken = value ?? (flag.kind === 'bool' ? 'true' : line[++at]);
    if (taken === undefined) throw usage(`flag needs an argument: -${name}`);
    const [long] = flag.names;
    given.set(long, [...(given.get(long) ?? []), checked(flag, name, taken)]);
  }
  const values = flags.map((flag) => [flag.names[0], valueFor(flag, given.get(flag.names[0]), env)] as const);
  return { flags: Object.fromEntries(values), given: [...given.keys()], words };
}

/** Go's own words for truth. */
const TRUTH: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true]),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false]),
]);

/** What a word says of yes and no; undefined where it says neither. */
export function truthOf(word: string): boolean | undefined {
  return TRUTH[word];
}

function checked({ kind, choices }: OldFlag, name: string, value: string): string {
  if (kind === 'bool' && truthOf(value) === undefined) {
    throw usage(`invalid boolean value ${JSON.stringify(value)} for -${name}: parse error`);
  }
  const isWrong = (kind === 'int' && whole(value) === undefined) || (choices && !choices.includes(value));
  if (isWrong) throw usage(`invalid value ${JSON.stringify(value)} for flag -${name}: parse error`);
  return value;
}

/** The line counts before the environment, and that before the default; lists have what both say. */
function valueFor(flag: OldFlag, given: readonly string[] | undefined, env: NodeJS.ProcessEnv): Values[string] {
  const told = (flag.env === undefined ? undefined : env[flag.env]) || undefined;
  const [last] = given?.slice(-1) ?? [];
  if (flag.kind === 'slice') {
    const listed = told?.split(',').map((each) => each.trim()) ?? [];
    return given || told ? [...listed, ...(given ?? [])] : undefined;
  }
  if (flag.kind === 'string') return last ?? told ?? flag.default;
  if (flag.kind === 'int') return whole(last) ?? whole(told) ?? flag.default;
  return truthOf(last ?? '') ?? truthOf(told ?? '') ?? flag.default ?? false;
}

/** As Go reads an integer: also 0x10, and 010 for eight. */
function whole(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const digits = text.replace(/^[+-]/, '');
  const number = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return Number.isNaN(number) ? undefined : text.startsWith('-') ? -number : number;
}
