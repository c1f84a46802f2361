import { SlipwayError } from '../errors.ts';

/**
 * One word for a POSIX shell (XCU 2.2.2, single-quotes): whatever it holds arrives unchanged and nothing in it runs.
 * @throws SlipwayError `bad-input` for a NUL, which no argument of a program can carry
 */
export function quote(word: string): string {
  if (word.includes('\0')) {
    throw new SlipwayError('bad-input', `${JSON.stringify(word)} holds a NUL character, which no command can be given`);
  }
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words of a command, each quoted, with a space between. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
