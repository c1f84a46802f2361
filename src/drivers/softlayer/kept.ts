import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { SoftLayer } from './client.ts';
import { ifThere, isBusy } from './failures.ts';

/** An accepted request shows within seconds; in milliseconds. */
export const SETTLES = 10_000;

/** For what SoftLayer is in the middle of, in milliseconds. */
const BUSY_LIMIT = 30 * 60_000;

/** Asks again for as long as SoftLayer is busy with what it is about. */
export async function whenReady<T>(softlayer: SoftLayer, what: string, ask: () => Promise<T>): Promise<T> {
  const hint = 'See what it is doing: https://cloud.ibm.com/gen1/infrastructure/devices';
  const wait = { what: `${what} at SoftLayer`, limit: BUSY_LIMIT, hint, signal: softlayer.signal };
  const { answer } = await waitFor(wait, async () => ({ answer: await ask() }), isBusy);
  return answer;
}

/** Succeeds if it is gone already. */
export async function remove(softlayer: SoftLayer, service: string, id: string, what: string): Promise<void> {
  await whenReady(softlayer, `${what} to be removed`, () => ifThere(softlayer.get(`${service}/${id}/deleteObject`)));
}

/** SoftLayer keeps no two of a name apart: what is to be there once is looked for first. */
export async function makeOnce(
  find: () => Promise<number | undefined>,
  make: () => Promise<{ readonly id: number }>,
): Promise<string> {
  return String((await find()) ?? (await make()).id);
}

export function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
