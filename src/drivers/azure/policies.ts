import type { ComputeManagementClientOptionalParams } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';

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

/** In ms: for one answer, and the longest that we let Azure ask us to wait. */
const ANSWER_LIMIT = 60_000;
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
    if (request.timeout === 0) request.timeout = ANSWER_LIMIT;
    return next(request);
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

/** The library waits as long as it is told, which can be an hour. */
const impatient: Policy = {
  name: 'slipwayPatience',
  async sendRequest(request, next) {
    const response = await next(request);
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    if (response.status !== 429 || seconds * 1000 <= PATIENCE) return response;
    throw new SlipwayError('throttled', `Azure takes no more requests from you for ${seconds} seconds`, {
      hint: 'Try again then; others who use the same subscription count too.',
    });
  },
};

export const policies: NonNullable<ComputeManagementClientOptionalParams['additionalPolicies']> = [
  { policy: pinned, position: 'perCall' },
  { policy: failing, position: 'perCall' },
  { policy: impatient, position: 'perRetry' },
];

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
