import type { Api } from './api.ts';
import type { Place } from './settings.ts';

/** Gives the API of one region; the SDK is loaded, and credentials are looked for, at the first question. */
export type Ec2 = () => Promise<Api>;

export function ec2For(place: Place, signal: AbortSignal | undefined): Ec2 {
  let api: Promise<Api> | undefined;
  return () => {
    api ??= connect(place, signal);
    return api;
  };
}

/** For one connection and for one answer, in milliseconds. */
const CONNECTION_LIMIT = 10_000;
const ANSWER_LIMIT = 60_000;

async function connect({ region, endpoint, attempts }: Place, signal: AbortSignal | undefined): Promise<Api> {
  const { newApi } = await import('./api.ts');
  const requestHandler = {
    connectionTimeout: CONNECTION_LIMIT,
    requestTimeout: ANSWER_LIMIT,
    throwOnRequestTimeout: true,
  };
  return newApi({ region, maxAttempts: attempts, requestHandler, ...(endpoint ? { endpoint } : {}) }, signal);
}
