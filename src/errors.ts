import { types } from 'node:util';

/** What went wrong, for a program to tell apart. A person reads the sentence; nothing may match on its English. */
export type ErrorCode =
  | 'bad-input' // the words given on the command line, or a file they name
  | 'not-found' // no such machine, image, driver
  | 'exists' // the name is taken
  | 'busy' // another living process holds the lock
  | 'broken' // a file of ours cannot be understood
  | 'missing-program' // a program that we need is not installed
  | 'program-failed' // an external program ended with an error
  | 'refused' // the other side, or the place, says no
  | 'no-credentials' // nobody gave us any for the place, or they have run out
  | 'denied' // the place knows us, and we may not do this
  | 'quota' // the account has as many as it may
  | 'no-capacity' // the place has none left of this kind: another type or zone may do
  | 'throttled' // the place asks for patience, and we had as much as we have
  | 'unsafe' // going on would trust somebody unknown
  | 'timeout' // a wait reached its limit
  | 'interrupted' // a signal ended the work
  | 'unsupported' // this driver or system has no such ability
  | 'failed'; // a step of ours did not succeed

export interface ErrorOptions {
  /** What the reader can do next: a command to type, or what to look at. */
  hint?: string;
  /** What happened below, printed as the reason. */
  cause?: unknown;
}

/**
 * An error for a person to read: a sentence that names the thing in quotes, a hint, and the reason as `cause`.
 * Everything that Slipway throws on purpose is one of these; anything else is a bug of ours.
 */
export class SlipwayError extends Error {
  /** A driver from another package may throw those of a copy of this class that it brings; of a subclass, only its own are. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass inherits this
    if (this !== SlipwayError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return types.isNativeError(value) && value.name === 'SlipwayError';
  }

  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, sentence: string, options: ErrorOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The code of a SlipwayError, or of a system error (`ENOENT`); undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The sentence of an error and, after colons, those of its causes, without repeating one that is already quoted. */
export function sentenceOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const sentence = ownSentence(error);
  if (error.cause === undefined) return sentence;
  const reason = sentenceOf(error.cause);
  return sentence.includes(reason) ? sentence : `${sentence}: ${reason}`;
}

/** The first hint from the error down its causes. */
export function hintOf(error: unknown): string | undefined {
  if (error instanceof SlipwayError && error.hint !== undefined) return error.hint;
  return types.isNativeError(error) && error.cause !== undefined ? hintOf(error.cause) : undefined;
}

function ownSentence(error: Error): string {
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return [...new Set(error.errors.map(sentenceOf))].join('; ');
  }
  return error.message || error.name;
}
