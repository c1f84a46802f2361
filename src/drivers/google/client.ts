import { setTimeout as delay } from 'node:timers/promises';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError, sentenceOf } from '../../errors.ts';
import { failureOf, type HttpError, statusOf, throttles } from './failures.ts';

export type Compute = compute_v1.Compute;

/** Asks Compute Engine, with whatever credentials the provider's own chain finds. */
export interface Google {
  /** Gives what was answered. @throws SlipwayError with what the provider said */
  ask<T>(call: (compute: Compute, options: Options) => Promise<{ data: T }>, limit?: number): Promise<T>;
  readonly signal: AbortSignal | undefined;
}

export type Options = ReturnType<typeof optionsFor>;

/** For one answer, in milliseconds. */
const LIMIT = 60_000;

/** Loads the library and looks for credentials at the first question. */
export function newGoogle(project: string, signal?: AbortSignal): Google {
  let connection: Promise<Compute> | undefined;
  return {
    signal,
    async ask(call, limit = LIMIT) {
      connection ??= connect(project);
      const compute = await connection;
      try {
        return (await call(compute, optionsFor(limit, signal))).data;
      } catch (error) {
        throw failureOf(error, signal);
      }
    },
  };
}

/** Only the v1 build is loaded; the package's own index would load alpha and beta too. */
async function connect(projectId: string): Promise<Compute> {
  const rootUrl = endpoint(process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE);
  // CommonJS: in the bundle it has no other export than the default.
  const [{ default: api }, { default: library }] = await Promise.all([
    import('@googleapis/compute/build/v1.js'),
    import('google-auth-library'),
  ]);
  const auth = new library.GoogleAuth({ projectId }); // without it the library would ask other services for one
  // As Google's own clients for this service: a service account's key signs the tokens itself, and asks nobody for one.
  auth.useJWTAccessWithScope = true;
  auth.defaultServicePath = 'compute.googleapis.com';
  auth.defaultScopes = ['https://www.googleapis.com/auth/compute', 'https://www.googleapis.com/auth/cloud-platform'];
  await auth.getClient().catch((cause: unknown) => {
    throw noCredentials(cause);
  });
  return new api.compute_v1.Compute({ auth, ...(rootUrl === undefined ? {} : { rootUrl }) });
}

function noCredentials(cause: unknown): SlipwayError {
  const sentence =
    'There are no credentials for Google Cloud: looked at GOOGLE_APPLICATION_CREDENTIALS, ' +
    "at gcloud's application default credentials, and for a metadata server";
  return new SlipwayError('no-credentials', sentence, {
    cause: new Error(sentenceOf(cause)), // the library's own may hold a request with its headers
    hint: 'Log in: gcloud auth application-default login. Or name a file: --google-credentials FILE',
  });
}

/**
 * The root of the API, from the variable with which gcloud is pointed elsewhere: "https://compute.example/compute/v1/".
 * Tokens are sent there, so it must be HTTPS, or this computer.
 */
function endpoint(given: string | undefined): string | undefined {
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const here = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (here && url?.protocol === 'http:')) return new URL('/', url).href;
  throw new SlipwayError('unsafe', `"${given}" is no address of an API to send credentials to`, {
    hint: 'CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE must begin with https://',
  });
}

/** Everything that changes something bears a request id, so any request may be repeated. */
function optionsFor(timeout: number, signal: AbortSignal | undefined) {
  return {
    timeout,
    ...(signal ? { signal } : {}),
    retryConfig: { shouldRetry: (error: HttpError) => mayRepeat(error, signal), retryBackoff: pauseBefore },
  };
}

const TRIES = 3;
const TRIES_IF_THROTTLED = 5;
/** The longest pause that we let the provider ask for, in milliseconds. */
const PATIENCE = 30_000;

function mayRepeat(error: HttpError, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted || pauseAsked(error) > PATIENCE) return false;
  const throttled = throttles(error);
  const status = statusOf(error);
  const passing = throttled || status === undefined || status === 408 || status >= 500;
  return passing && triesOf(error) < (throttled ? TRIES_IF_THROTTLED : TRIES);
}

async function pauseBefore(error: HttpError, usual: number): Promise<void> {
  const asked = error.response?.headers?.get?.('retry-after');
  const growing = throttles(error) ? 1000 * 2 ** triesOf(error) : Math.min(usual, 1000);
  await delay(asked === undefined || asked === null ? growing : pauseAsked(error));
}

function triesOf(error: HttpError): number {
  return error.config?.retryConfig?.currentRetryAttempt ?? 0;
}

/** Seconds or a date, in milliseconds from now. */
function pauseAsked(error: HttpError): number {
  const asked = error.response?.headers?.get?.('retry-after');
  if (asked === undefined || asked === null) return 0;
  const pause = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isNaN(pause) ? 0 : Math.max(pause, 0);
}
