import { hintOf, SlipwayError, sentenceOf } from '../errors.ts';
import { printable } from '../terminal/text.ts';

/** Words that cannot be understood: the help text is shown with it. */
export class UsageError extends Error {
  /** The sentence is about the words; without this it stands by itself, after the help text. */
  readonly incorrect: boolean;
  /** Where it is not the command's own: that of `create` tells of a driver's flags. */
  help?: string;

  constructor(sentence: string, incorrect: boolean) {
    super(sentence);
    this.incorrect = incorrect;
  }
}

export function usage(sentence: string): UsageError {
  return new UsageError(sentence, true);
}

/** An error that shows the help text first, without calling the usage incorrect. */
export function withHelp(sentence: string): UsageError {
  return new UsageError(sentence, false);
}

/** A sentence of docker-machine's own, exactly as scripts know it. */
export function sentence(text: string, cause?: unknown): SlipwayError {
  return new SlipwayError('failed', text, { cause });
}

/** The reason of an error, without what `sentence` put before it. */
export function reason(error: unknown): string {
  return sentenceOf(error);
}

/** What is printed of an error: the sentence, and what to do where it can be done with this command. */
export function textOf(error: unknown): string {
  const hint = hintHere(hintOf(error));
  return printable(`${sentenceOf(error)}${hint === undefined ? '' : `\n  ${hint}`}`);
}

const SHARED =
  'active config create env inspect ip kill ls provision regenerate-certs restart rm scp ssh start status stop upgrade url';

/** A hint that names commands of slipway, with those of docker-machine; undefined where there is no such command here. */
function hintHere(hint: string | undefined): string | undefined {
  if (hint === undefined) return undefined;
  const named = [...hint.matchAll(/\bslipway ([a-z-]+)/g)].map(([, command = '']) => command);
  if (named.some((command) => !SHARED.split(' ').includes(command))) return undefined;
  return hint.replaceAll(/\bslipway (?=[a-z])/g, 'docker-machine ');
}
