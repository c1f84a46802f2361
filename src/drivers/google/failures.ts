import { codeOf, type ErrorCode, type ErrorOptions, SlipwayError, sentenceOf } from '../../errors.ts';

/** What the provider's library throws, as far as we look at it. */
export interface HttpError {
  readonly code?: unknown;
  readonly response?: {
    readonly status?: number;
    readonly headers?: { get?(name: string): string | null };
    readonly data?: unknown;
  };
  readonly config?: { readonly retryConfig?: { readonly currentRetryAttempt?: number } };
}

/** What was said, whether as an answer (cloud.google.com/apis/design/errors) or by an operation that failed. */
interface Said {
  /** "quotaExceeded", "QUOTA_EXCEEDED". */
  readonly reason: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly quota?: { readonly name: string; readonly limit: string };
}

export function statusOf(error: HttpError): number | undefined {
  return error.response?.status;
}

/** Compute Engine says so with 403 as well as with 429. */
export function throttles(error: HttpError): boolean {
  const said = saidBy(error);
  return said.status === 429 || THROTTLED.has(said.reason);
}

/** The error of a request that failed. */
export function failureOf(error: unknown, signal?: AbortSignal): SlipwayError {
  if (error instanceof SlipwayError) return error;
  if (signal?.aborted) return new SlipwayError('interrupted', 'Interrupted while asking Google Cloud');
  const said = saidBy(error as HttpError);
  return said.status === undefined ? unanswered(error) : failure(said);
}

export interface OperationError {
  readonly code?: string | null;
  readonly message?: string | null;
  readonly errorDetails?: readonly {
    readonly quotaInfo?: { readonly metricName?: string | null; readonly limit?: number | null } | null;
  }[];
}

/** The error of an operation that was accepted and then failed. */
export function operationFailure(errors: readonly OperationError[], status?: number | null): SlipwayError {
  const [error = {}] = errors;
  const quota = error.errorDetails?.find((detail) => detail.quotaInfo)?.quotaInfo;
  return failure({
    reason: error.code ?? '',
    message: error.message ?? '',
    status: status ?? undefined,
    ...(quota?.metricName ? { quota: { name: lastWord(quota.metricName), limit: String(quota.limit ?? '') } } : {}),
  });
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** Something that is still there, or on its way out, uses the thing: that passes. */
export function isInUse(error: unknown): boolean {
  return IN_USE.has(reasonOf(error)) || isNotReady(error);
}

/** Google is still busy with the thing, or with one that it needs: that passes. */
export function isNotReady(error: unknown): boolean {
  return NOT_READY.has(reasonOf(error));
}

function reasonOf(error: unknown): string {
  return (error instanceof SlipwayError ? codeOf(error.cause) : undefined) ?? '';
}

const THROTTLED = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED']);
const QUOTA = new Set(['quotaExceeded', 'QUOTA_EXCEEDED']);
const IN_USE = new Set(['resourceInUseByAnotherResource', 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE']);
const NOT_READY = new Set(['resourceNotReady', 'RESOURCE_NOT_READY']);
const NO_CAPACITY = /(^|_)(RESOURCE_POOL_EXHAUSTED|STOCKOUT)(_|$)/;
const DISABLED = new Set(['accessNotConfigured', 'SERVICE_DISABLED']);

function failure(said: Said): SlipwayError {
  const { code, sentence, hint } = meaningOf(said);
  const options: ErrorOptions = { cause: Object.assign(new Error(said.message), { code: said.reason }) };
  return new SlipwayError(code, sentence, hint === undefined ? options : { ...options, hint });
}

interface Meaning {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly hint?: string;
}

function meaningOf(said: Said): Meaning {
  const { reason, status } = said;
  if (NO_CAPACITY.test(reason)) return NO_ROOM;
  if (THROTTLED.has(reason) || status === 429) return TOO_FAST;
  if (QUOTA.has(reason)) return quotaReached(said);
  if (DISABLED.has(reason)) return NOT_ENABLED;
  if (IN_USE.has(reason) || NOT_READY.has(reason)) return { code: 'refused', sentence: 'It is still in use at Google' };
  return byStatus(said, status ?? statusFor(reason));
}

function byStatus(said: Said, status: number): Meaning {
  if (status === 401) return EXPIRED;
  if (status === 403) return denied(said);
  if (status === 404) return { code: 'not-found', sentence: 'Google Cloud knows no such thing' };
  if (status === 409) return { code: 'exists', sentence: 'There is one of that name at Google already' };
  if (status === 412) return { code: 'refused', sentence: 'A condition of the project or its organisation is not met' };
  if (status === 400) return { code: 'bad-input', sentence: 'Google Cloud does not accept what was asked for' };
  const hint = 'Try again later; https://status.cloud.google.com tells of outages.';
  return { code: 'refused', sentence: `Google Cloud has a problem of its own (${said.reason || status})`, hint };
}

const NO_ROOM: Meaning = {
  code: 'no-capacity',
  sentence: 'The zone has no such machine left at the moment',
  hint: 'Name more zones or types: --google-zone us-central1-a,us-central1-b',
};
const TOO_FAST: Meaning = {
  code: 'throttled',
  sentence: 'Google Cloud takes no more requests from this project for now',
  hint: 'Try again in a minute.',
};
const EXPIRED: Meaning = {
  code: 'no-credentials',
  sentence: 'Google Cloud does not accept the credentials, or no longer',
  hint: 'Log in again: gcloud auth application-default login. Or name a file: --google-credentials FILE',
};
const NOT_ENABLED: Meaning = {
  code: 'denied',
  sentence: 'The Compute Engine API is not switched on in the project',
  hint: 'Switch it on: gcloud services enable compute.googleapis.com',
};

function quotaReached({ quota, message }: Said): Meaning {
  const name = quota?.name ?? /'([A-Z][A-Z0-9_-]+)'/.exec(message)?.[1];
  const limit = quota?.limit ? `, which is ${quota.limit},` : '';
  return {
    code: 'quota',
    sentence: `The quota ${name === undefined ? '' : `"${name}" `}of the project${limit} is used up`,
    hint: 'Ask for more at https://console.cloud.google.com/iam-admin/quotas, or use another region.',
  };
}

/** A permission is an identifier, "compute.instances.create", in whatever language the message is. */
function denied({ message }: Said): Meaning {
  const permission = /\b(?:compute|iam)\.[a-z][A-Za-z]+\.[a-z][A-Za-z]+\b/.exec(message)?.[0];
  const what = permission === undefined ? 'this' : `what the permission "${permission}" is for`;
  return {
    code: 'denied',
    sentence: `The credentials do not allow ${what}`,
    hint: 'docs/drivers/google.md has a role with all permissions that are needed.',
  };
}

/** Operations that failed do not always tell a status. */
function statusFor(reason: string): number {
  if (/^PERMISSION/.test(reason) || reason === 'FORBIDDEN') return 403;
  if (reason === 'RESOURCE_NOT_FOUND') return 404;
  if (reason === 'RESOURCE_ALREADY_EXISTS') return 409;
  if (reason === 'CONDITION_NOT_MET') return 412;
  return /^(INVALID|UNSUPPORTED|BAD_REQUEST)/.test(reason) ? 400 : 500;
}

function saidBy({ response }: HttpError): Said {
  const status = response?.status;
  const error = fieldOf(response?.data, 'error');
  if (typeof error === 'string')
    return { reason: error, message: textOf(response?.data, 'error_description'), status: 401 };
  const first = firstOf(fieldOf(error, 'errors'));
  const detail = firstOf(fieldOf(error, 'details'));
  const reason = textOf(first, 'reason') || textOf(detail, 'reason') || textOf(error, 'status');
  return { reason, message: textOf(error, 'message') || `HTTP ${status}`, status };
}

function unanswered(error: unknown): SlipwayError {
  const late = codeOf(error) === 'TimeoutError' || codeOf(error) === 'ETIMEDOUT';
  const cause = new Error(sentenceOf(error)); // the library's own holds the request with its headers
  return new SlipwayError(late ? 'timeout' : 'refused', 'Google Cloud could not be asked', {
    cause,
    hint: 'Look at the network connection, and at HTTPS_PROXY where there is a proxy.',
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : '';
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function lastWord(metric: string): string {
  return metric.split('/').at(-1) ?? metric;
}
