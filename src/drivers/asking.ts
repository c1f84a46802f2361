import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError, sentenceOf } from '../errors.ts';
import { type Gate, newGate, retryAfter } from '../gate.ts';
import { answerLimit } from './patience.ts';

/** Sends one request over HTTP. */
export type Send = (signal: AbortSignal) => Promise<Response>;

export interface Persistence {
  /** May be asked again where nobody knows what became of it. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
  /** For how long an answer may take, in milliseconds; see answerLimit. */
  readonly limit?: number;
  readonly fate?: Fate;
}

/** What became of a request, however often it was sent. */
export interface Fate {
  /** It may have been carried out without our hearing of it. */
  lost?: true;
}

/** An answer that says no. */
export class NoSuccess extends Error {
  readonly status: number;
  readonly text: string;
  /** For how long we are asked to wait, in milliseconds. */
  readonly pause: number;

  constructor(status: number, text: string, pause: number) {
    super(`HTTP ${status}`);
    this.status = status;
    this.text = text;
    this.pause = pause;
  }
}

/** For how long a place may put a request off, in milliseconds. */
const PATIENCE = 180_000;
const TRIES = 3;
/** Before the second try, in milliseconds; twice that before the third. */
const PAUSE = 500;

/** A gate for a place that says 429 when it has had enough. */
export function patientGate(): Gate {
  const pauseFor = (error: unknown) => (error instanceof NoSuccess && error.status === 429 ? error.pause : undefined);
  return newGate({ pauseFor, patience: PATIENCE });
}

/**
 * What the answer says; asks again where there was none, none that can be read, or one that says that the place has a
 * problem of its own.
 * @throws NoSuccess for an answer that says no; what the request or `read` throws
 */
export async function persistently<T>(
  send: Send,
  read: (text: string) => T | Promise<T>,
  { repeatable, signal, limit = answerLimit(), fate = {} }: Persistence,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read(await once(send, limit, signal));
    } catch (error) {
      if (!isAnswer(error)) fate.lost = true;
      if (!passes(error) || !repeatable || tries >= TRIES || signal?.aborted) throw error;
    }
    await delay(PAUSE * tries, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** For whoever asked `place`. */
export function unanswered(place: string, error: unknown, signal: AbortSignal | undefined): SlipwayError {
  if (error instanceof SlipwayError) return error;
  if (signal?.aborted) return new SlipwayError('interrupted', `Interrupted while asking ${place}`);
  return new SlipwayError(isLate(error) ? 'timeout' : 'refused', `${place} could not be asked`, {
    cause: new Error(sentenceOf(error)),
    hint: 'Look at the network connection, then try again.',
  });
}

function passes(error: unknown): boolean {
  if (error instanceof SlipwayError || isLate(error)) return false;
  return !isAnswer(error);
}

/** Whether the place says with it that it has not done what it was asked. */
function isAnswer(error: unknown): boolean {
  return error instanceof NoSuccess && error.status !== 408 && error.status < 500;
}

async function once(send: Send, limit: number, signal: AbortSignal | undefined): Promise<string> {
  const late = AbortSignal.timeout(limit);
  const response = await send(signal ? AbortSignal.any([late, signal]) : late);
  const text = await response.text();
  if (response.ok) return text;
  throw new NoSuccess(response.status, text, retryAfter(response.headers.get('retry-after')));
}

function isLate(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
