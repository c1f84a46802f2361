import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { waitFor } from '../../poll.ts';
import type { Google } from './client.ts';
import { operationFailure } from './failures.ts';
import { lastOf } from './paths.ts';

export type Operation = compute_v1.Schema$Operation;

/** For what Google does once it has accepted it; a machine takes about 20 s, its end up to 2 minutes. */
const LIMIT = 10 * 60_000;
/** The wait method answers after two minutes at the latest. */
const ANSWER_LIMIT = 150_000;

/** Resolves when the operation has ended well. @throws SlipwayError with what it failed at */
export async function finished(google: Google, project: string, begun: Operation, what: string): Promise<void> {
  let operation = begun;
  await waitFor({ what, limit: LIMIT, signal: google.signal, hint: HINT }, async () => {
    if (operation.status !== 'DONE') operation = await waited(google, project, operation);
    return operation.status === 'DONE' ? true : undefined;
  });
  const errors = operation.error?.errors ?? [];
  if (errors.length > 0) throw operationFailure(errors, operation.httpErrorStatusCode);
}

const HINT = 'See what it is doing: gcloud compute operations list';

function waited(google: Google, project: string, { name, zone, region }: Operation): Promise<Operation> {
  const which = { project, operation: name ?? '' };
  return google.ask((compute, options) => {
    if (zone) return compute.zoneOperations.wait({ ...which, zone: lastOf(zone) }, options);
    if (region) return compute.regionOperations.wait({ ...which, region: lastOf(region) }, options);
    return compute.globalOperations.wait(which, options);
  }, ANSWER_LIMIT);
}
