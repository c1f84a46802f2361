import { waitFor } from '../../poll.ts';
import { isUnknown } from './failures.ts';

/** For all of EC2 to know what was just made; it takes some seconds (EC2 API reference, "Eventual consistency"). */
const LIMIT = 60_000;

/** Asks until EC2 knows what it has just made. */
export async function onceKnown<T>(
  what: string,
  signal: AbortSignal | undefined,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  return waitFor({ what: `EC2 to know ${what}`, limit: LIMIT, signal, pause: 2000 }, ask, isUnknown);
}

/** Gives undefined for what EC2 does not know. */
export async function ifKnown<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isUnknown(error)) return undefined;
    throw error;
  });
}
