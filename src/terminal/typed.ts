import type { Command } from '@oclif/core';

/** A half typed command line: what has been given, and what is being typed. */
export interface Typed {
  /** The arguments before the cursor that are no flags. */
  readonly words: readonly string[];
  /** The flags before the cursor by their names, with their values; "" for those without. */
  readonly given: ReadonlyMap<string, string>;
  /** What stands before the cursor in its own word. */
  readonly current: string;
  /** The flag whose value is being typed. */
  readonly valueOf: Command.Flag.Cached | undefined;
  /** What of the current word comes before that value: "--driver=". */
  readonly prefix: string;
  /** No "--" stands before the cursor. */
  readonly flagsMayFollow: boolean;
  /** The cursor is in a command for another computer, of which nothing is known here. */
  readonly remote: boolean;
}

/** Reads the words after the command's own, of which the last is being typed. Never fails: half a line has no errors. */
export function readLine(words: readonly string[], command: Command.Loadable): Typed {
  const current = words.at(-1) ?? '';
  const given = new Map<string, string>();
  const others: string[] = [];
  let pending: Command.Flag.Cached | undefined;
  let flagsMayFollow = true;
  for (const word of words.slice(0, -1)) {
    if (pending) {
      given.set(pending.name, word);
      pending = undefined;
    } else if (flagsMayFollow && word === '--') flagsMayFollow = false;
    else if (flagsMayFollow && word.startsWith('-') && word !== '-') pending = readFlag(word, command, given);
    else others.push(word);
  }
  const [, prefix = '', name = ''] = (flagsMayFollow && /^(--([^=]+)=)/.exec(current)) || [];
  return {
    words: others,
    given,
    current,
    valueOf: pending ?? command.flags[name],
    prefix: pending ? '' : prefix,
    flagsMayFollow,
    remote: command.id === 'ssh' && others.length > 0,
  };
}

/** Notes the flags of a word; gives the one whose value must be the next word. */
function readFlag(
  word: string,
  command: Command.Loadable,
  given: Map<string, string>,
): Command.Flag.Cached | undefined {
  const [, long, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long === undefined) return readLetters(word, command, given);
  const flag = command.flags[long] ?? command.flags[long.replace(/^no-/, '')];
  if (flag) given.set(flag.name, value ?? '');
  return flag?.type === 'option' && value === undefined ? flag : undefined;
}

/** -qa is -q -a; -sPATH and -s=PATH hold the value of -s. */
function readLetters(word: string, command: Command.Loadable, given: Map<string, string>) {
  for (let at = 1; at < word.length; at++) {
    const flag = Object.values(command.flags).find((each) => each.char === word[at]);
    if (!flag) return undefined;
    const rest = flag.type === 'option' ? word.slice(at + 1).replace(/^=/, '') : '';
    given.set(flag.name, rest);
    if (flag.type === 'option') return at + 1 === word.length ? flag : undefined;
  }
  return undefined;
}
