import { SlipwayError } from '../errors.ts';
import { throwIfAborted } from '../poll.ts';
import { type EngineAddress, type EngineClient, engineClient, placeOf } from './client.ts';
import { failure } from './failures.ts';

export interface EngineCall {
  /** The limit of one call from the connection to the last byte, in milliseconds; 10 s when absent. */
  timeout?: number;
  signal?: AbortSignal | undefined;
  /** The machine's name, for the commands that a hint names. */
  machine?: string;
}

export const CALL_LIMIT = 10_000;

/** Asks the engine one question, and gives up at the limit whatever it does. Errors as `ping` describes them. */
export async function ask<T>(
  address: EngineAddress,
  call: EngineCall,
  question: (client: EngineClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const place = placeOf(address);
  const client = await engineClient(address);
  throwIfAborted(call.signal, `the engine on "${place}"`);
  const { signal, ended, stop } = endAtLimit(place, call);
  try {
    return await Promise.race([question(client, signal), ended]);
  } catch (error) {
    throw signal.aborted ? signal.reason : failure(error, place, call.machine);
  } finally {
    stop();
  }
}

/** A signal that aborts, and a promise that rejects, with a sentence at the limit or when the caller's signal does. */
function endAtLimit(place: string, { timeout = CALL_LIMIT, signal, machine = 'NAME' }: EngineCall) {
  const limit = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason));
  });
  const interrupt = () => {
    limit.abort(new SlipwayError('interrupted', `Interrupted while asking the engine on "${place}"`));
  };
  const timer = setTimeout(() => {
    const hint = `See whether the machine is running: slipway status ${machine}`;
    const seconds = Math.round(timeout / 100) / 10;
    limit.abort(new SlipwayError('timeout', `The engine on "${place}" did not answer within ${seconds} s`, { hint }));
  }, timeout);
  signal?.addEventListener('abort', interrupt);
  const stop = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
  };
  return { signal: limit.signal, ended, stop };
}
