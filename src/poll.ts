import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from './errors.ts';

export interface Wait {
  /** What is waited for, so that "Waited 60 s for WHAT" reads well: "SSH on 127.0.0.1:2222". */
  what: string;
  /** The limit, in milliseconds. */
  limit: number;
  /** What to look at when the limit is reached. */
  hint?: string;
  signal?: AbortSignal | undefined;
  /** The longest pause between two probes, in milliseconds; the first pauses are short and double up to it. */
  pause?: number;
}

const FIRST_PAUSE = 50;

/**
 * Probes until an answer comes: undefined means not yet. What the probe throws ends the wait, except an error that
 * `passing` accepts: that is quoted as the reason if the limit is reached. The last probe is at the limit; a probe
 * under way is waited for, so it needs a limit of its own.
 * @throws SlipwayError `timeout` at the limit, `interrupted` when the signal aborts
 */
export async function waitFor<T>(
  wait: Wait,
  probe: () => Promise<T | undefined>,
  passing: (error: unknown) => boolean = () => false,
): Promise<T> {
  const end = performance.now() + wait.limit;
  let reason: unknown;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, wait.pause ?? 1000)) {
    throwIfAborted(wait.signal, wait.what);
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
      reason = undefined;
    } catch (error) {
      if (!passing(error)) throw error;
      reason = error;
    }
    const left = end - performance.now();
    if (left <= 0) {
      throw new SlipwayError('timeout', `Waited ${Math.round(wait.limit / 1000)} s for ${wait.what}`, {
        cause: reason,
        ...(wait.hint === undefined ? {} : { hint: wait.hint }),
      });
    }
    await delay(Math.min(pause, left), undefined, wait.signal ? { signal: wait.signal } : {}).catch(() => undefined);
  }
}

/** @throws SlipwayError `interrupted`, naming what was under way */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new SlipwayError('interrupted', `Interrupted while waiting for ${what}`);
}
