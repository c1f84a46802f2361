import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { DigitalOcean } from './client.ts';
import { ifThere, isRefusedForNow } from './failures.ts';

/** In a while what something is refused for may have passed. */
const BUSY_LIMIT = 5 * 60_000;

/** Asks again for as long as DigitalOcean is busy with what it is about. */
export async function whenReady<T>(
  ocean: DigitalOcean,
  what: string,
  ask: () => Promise<T>,
  limit = BUSY_LIMIT,
): Promise<T> {
  const hint = 'See what holds it: https://cloud.digitalocean.com';
  const wait = { what: `${what} at DigitalOcean`, limit, hint, signal: ocean.signal };
  const { answer } = await waitFor(wait, async () => ({ answer: await ask() }), isRefusedForNow);
  return answer;
}

/** Succeeds if it is gone already. */
export async function remove(ocean: DigitalOcean, path: string, what: string): Promise<void> {
  await whenReady(ocean, `${what} to be removed`, () => ifThere(ocean.ask('DELETE', path)));
}

/** What does not keep several of a name apart is made once by looking first. */
export async function makeOnce(find: () => Promise<string | undefined>, make: () => Promise<string>): Promise<string> {
  return (await find()) ?? (await make());
}

export function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
