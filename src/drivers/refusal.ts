import { codeOf } from '../errors.ts';

/** How a place refuses: it has understood, and does not do it. */
const CODES: ReadonlySet<unknown> = new Set(['no-capacity', 'quota', 'denied', 'bad-input']);

const refusals = new WeakSet<object>();

/**
 * Notes of an error of the request that makes a part that the place was asked once, and answered: if it is a refusal,
 * then nothing was made, and nothing has to be looked for. After a request whose answer was lost, no refusal of the next
 * says so much. Gives the error.
 */
export function answeredAtOnce<E extends object>(error: E): E {
  if (CODES.has(codeOf(error))) refusals.add(error);
  return error;
}

/** Whether the place said, with this error of a part's `create` or the reason of it, that it made nothing. */
export function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return refusals.has(error) || ('cause' in error && isRefusal(error.cause));
}
