import { SlipwayError } from '../../errors.ts';
import { type Wait, waitFor } from '../../poll.ts';
import { answeredAtOnce } from '../refusal.ts';
import { ask, azureCode, isMissing } from './failures.ts';
import type { Place } from './place.ts';
import { wasSentOnce } from './policies.ts';

/** What the libraries give for an operation that takes its time. */
interface Operation {
  submitted(): Promise<void>;
  pollUntilDone(options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

/** What was just made is not everywhere yet, or is still being worked on. */
const SOON = new Set([
  'ResourceGroupNotFound',
  'ResourceNotFound',
  'NotFound',
  'InvalidResourceReference',
  'ReferencedResourceNotProvisioned',
  'ParentResourceNotFound',
  'ResourceGroupBeingDeleted',
  'AnotherOperationInProgress',
  'RetryableError',
]);

/** Something still uses it: a machine that is being deleted, or one that failed and keeps its interface for 180 s. */
const IN_USE = new Set([
  'NicInUse',
  'NicReservedForAnotherVm',
  'InUseSubnetCannotBeDeleted',
  'InUseNetworkSecurityGroupCannotBeDeleted',
  'PublicIPAddressCannotBeDeleted',
  'OperationPreempted',
  'Conflict',
  'AnotherOperationInProgress',
  'RetryableError',
]);

/** How a second request to delete something ends where the first was faster; only the answer to a third proves it. */
const GONE_MEANWHILE = new Set(['ResourceNotFound', 'NotFound']);

const SUBMIT_LIMIT = 120_000;
/** What was just made is not everywhere at once. */
const SEEN_LIMIT = 60_000;
const DELETE_LIMIT = 600_000;
/** For an operation on a machine; Azure itself gives up on most after about as long. */
const FINISH_LIMIT = 600_000;

/** Asks for an operation; resolves when it is accepted. */
export async function submit(place: Place, what: string, start: () => Operation): Promise<void> {
  const wait = { what: `Azure to ${what}`, limit: SUBMIT_LIMIT, signal: place.site.signal, pause: 5000 };
  const accepted = async () => {
    await start().submitted();
    return true;
  };
  await askToMake(what, wait, accepted, (error) => SOON.has(azureCode(error) ?? ''));
}

/** Makes a request, and again while its error passes. Only what the first one was refused with says that nothing was made. */
export async function askToMake<T>(
  what: string,
  wait: Wait,
  request: () => Promise<T | undefined>,
  passing: (error: unknown) => boolean,
): Promise<T> {
  let requests = 0;
  const next = () => {
    requests += 1;
    return request();
  };
  return ask(what, () => waitFor(wait, next, passing)).catch((error: SlipwayError) => {
    const { request: asked } = (error.cause ?? {}) as { readonly request?: object };
    throw requests === 1 && asked && wasSentOnce(asked) ? answeredAtOnce(error) : error;
  });
}

/** Whoever deletes what cannot be seen yet is told that it is gone, and whoever looks at it that it never was. */
export async function seen({ site }: Place, what: string, look: () => Promise<unknown>): Promise<void> {
  await waitFor({ what: `${what} to be seen`, limit: SEEN_LIMIT, signal: site.signal }, look);
}

/** Asks for an operation; resolves when it is done. The library asks how far it is as often as Azure says. */
export async function finish(place: Place, what: string, start: () => Operation): Promise<void> {
  await ask(what, () => done(place, what, start, FINISH_LIMIT));
}

/** Deletes something; resolves when it is gone, or was gone already. Waits for what still uses it. */
export async function remove(place: Place, what: string, start: () => Operation): Promise<void> {
  const hint = 'See in the portal what uses it.';
  await ask(what, () =>
    waitFor(
      { what: `Azure to ${what}`, limit: DELETE_LIMIT, hint, signal: place.site.signal, pause: 5000 },
      async () => {
        await done(place, what, start, DELETE_LIMIT).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
        return true;
      },
      (error) => [IN_USE, GONE_MEANWHILE].some((codes) => codes.has(azureCode(error) ?? '')),
    ),
  );
}

async function done({ site }: Place, what: string, start: () => Operation, limit: number): Promise<void> {
  const late = AbortSignal.timeout(limit);
  const abortSignal = site.signal ? AbortSignal.any([site.signal, late]) : late;
  try {
    const operation = start();
    await operation.submitted();
    await operation.pollUntilDone({ abortSignal });
  } catch (error) {
    if (site.signal?.aborted) throw new SlipwayError('interrupted', `Interrupted while waiting for Azure to ${what}`);
    if (!late.aborted) throw error;
    throw new SlipwayError('timeout', `Waited ${limit / 1000} s for Azure to ${what}`, { cause: error });
  }
}
