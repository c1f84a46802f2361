import type { ComputeManagementClientOptionalParams } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';
import { type Gate, newGate, retryAfter } from '../../gate.ts';
import { answerLimit } from '../patience.ts';

type Policy = NonNullable<ComputeManagementClientOptionalParams['additionalPolicies']>[number]['policy'];

/**
 * Which version of its interface each kind of resource is asked in. The libraries ask in newer ones, which the clouds of
 * governments and of China have only months later, and they offer no setting for it.
 */
const VERSIONS: readonly (readonly [RegExp, string])[] = [
  [/\/providers\/Microsoft\.Compute\/skus/i, '2021-07-01'],
  [/\/providers\/Microsoft\.Compute\/disks/i, '2025-01-02'],
  [/\/providers\/Microsoft\.Compute\/(virtualMachines|locations)/i, '2025-04-01'],
  [/\/providers\/Microsoft\.Network\//i, '2025-05-01'],
];

/** Where an operation is asked about: Azure gives the address, version included. */
const OPERATION = /\/operations\/[^/]+$/i;

/** For how long Azure may put a request off, in milliseconds. */
const PATIENCE = 180_000;

const pinned: Policy = {
  name: 'slipwayVersions',
  sendRequest(request, next) {
    const url = new URL(request.url);
    const version = VERSIONS.find(([path]) => path.test(url.pathname))?.[1];
    if (version !== undefined && !OPERATION.test(url.pathname)) {
      url.searchParams.set('api-version', version);
      request.url = url.href;
    }
    if (request.timeout === 0) request.timeout = answerLimit();
    return next(request).catch((error: unknown) => {
      // The library says the same of an answer that does not come.
      if (request.abortSignal?.aborted) throw new SlipwayError('interrupted', 'Interrupted while asking Azure');
      throw error;
    });
  },
};

/** An operation that failed says so in an answer of status 200; the library drops its code, by which we go. */
const failing: Policy = {
  name: 'slipwayOperations',
  async sendRequest(request, next) {
    const response = await next(request);
    if (!OPERATION.test(new URL(request.url).pathname)) return response;
    const { status, error } = bodyOf(response.bodyAsText);
    if (status !== 'Failed' || typeof error?.code !== 'string') return response;
    const failure = new Error(error.message ?? error.code);
    throw Object.assign(failure, { name: 'RestError', code: error.code, statusCode: 409, request, response });
  },
};

/** The library holds one request back at a time, and as long as it is told, which can be an hour. */
function patient(gate: Gate): Policy {
  return {
    name: 'slipwayPatience',
    sendRequest(request, next) {
      sends.set(request, (sends.get(request) ?? 0) + 1);
      const send = async () => {
        const response = await next(request);
        if (response.status === 429) throw tooMany(retryAfter(response.headers.get('retry-after')));
        return response;
      };
      return gate.pass(send, request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined);
    },
  };
}

/** How often each request was sent, but for those that Azure had no patience for. */
const sends = new WeakMap<object, number>();

/** Whether the library asked but once: before the answer that it came to, none was lost. */
export function wasSentOnce(request: object): boolean {
  return sends.get(request) === 1;
}

const pauses = new WeakMap<SlipwayError, number>();

function tooMany(pause: number): SlipwayError {
  const until = pause > 0 ? `for ${Math.ceil(pause / 1000)} seconds` : 'for now';
  const error = new SlipwayError('throttled', `Azure takes no more requests from you ${until}`, {
    hint: 'Try again then; others who use the same subscription count too.',
  });
  pauses.set(error, pause);
  return error;
}

const pauseFor = (error: unknown) => (error instanceof SlipwayError ? pauses.get(error) : undefined);

/** For the clients of one subscription, which share its patience. */
export function newPolicies(): NonNullable<ComputeManagementClientOptionalParams['additionalPolicies']> {
  return [
    { policy: pinned, position: 'perCall' },
    { policy: failing, position: 'perCall' },
    { policy: patient(newGate({ pauseFor, patience: PATIENCE })), position: 'perRetry' },
  ];
}

interface Body {
  readonly status?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: string };
}

function bodyOf(text: string | null | undefined): Body {
  if (!text?.startsWith('{')) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {}; // the library says what is wrong with it
  }
}
