import { setTimeout as delay } from 'node:timers/promises';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError, sentenceOf } from '../../errors.ts';
import { type Gate, newGate, retryAfter } from '../../gate.ts';
import { newMemory } from '../../memory.ts';
import type { Site } from '../driver.ts';
import { answerLimit } from '../patience.ts';
import { answeredAtOnce } from '../refusal.ts';
import { failureOf, type HttpError, statusOf, throttles } from './failures.ts';

export type Compute = compute_v1.Compute;

/** Asks Compute Engine, with whatever credentials the provider's own chain finds. */
export interface Google {
  readonly project: string;
  /** Gives what was answered. @throws SlipwayError with what the provider said */
  ask<T>(call: (compute: Compute, options: Options) => Promise<{ data: T }>, limit?: number): Promise<T>;
  /** As `ask`, for the request that makes a part: its error tells whether something may have been made. */
  askToMake<T>(call: (compute: Compute, options: Options) => Promise<{ data: T }>): Promise<T>;
  /** As `ask`, for what is the same for all machines of a command: `what` says what, and is asked once. */
  known<T>(what: string, call: (compute: Compute, options: Options) => Promise<{ data: T }>): Promise<T>;
  /** One of what all machines of a command use, made of what asks without being interrupted. */
  shared<T>(what: string, make: (google: Google) => T): Promise<T>;
  readonly signal: AbortSignal | undefined;
}

export type Options = ReturnType<typeof optionsFor>;

/** Loads the library and looks for credentials at the first question. */
export function newGoogle(project: string, { signal, memory = newMemory() }: Partial<Site>): Google {
  let connection: Promise<Connection> | undefined;
  const answered = async <T>(call: (compute: Compute, options: Options) => Promise<{ data: T }>, limit: number) => {
    connection ??= memory.recall(`google ${project}`, async () => newConnection(project));
    const { compute, gate } = await connection;
    const asked = async () => call(await compute(), optionsFor(limit, signal));
    return whole((await gate.pass(asked, signal)).data);
  };
  const google: Google = {
    project,
    signal,
    ask: (call, limit = answerLimit()) =>
      answered(call, limit).catch((error: unknown) => {
        throw failureOf(error, signal);
      }),
    askToMake: (call) =>
      answered(call, answerLimit()).catch((error: HttpError) => {
        const failure = failureOf(error, signal);
        throw triesOf(error) === 0 ? answeredAtOnce(failure) : failure;
      }),
    known: (what, call) => memory.recall(`google ${project} ${what}`, () => google.ask(call)),
    shared: (what, make) =>
      memory.recall(`google ${project} ${what}`, async () => make(newGoogle(project, { memory }))),
  };
  return google;
}

interface Connection {
  readonly gate: Gate;
  /** With credentials, which are looked for at the first question. */
  compute(): Promise<Compute>;
}

/** For all machines of a command in one project, whose patience they share. */
function newConnection(project: string): Connection {
  let compute: Promise<Compute> | undefined;
  return {
    gate: newGate({ pauseFor, patience: PATIENCE }),
    compute() {
      compute ??= connect(project);
      return compute;
    },
  };
}

/** The library hands out what it cannot read as the text that it is: an answer that was cut off on its way. */
function whole<T>(data: T): T {
  if (typeof data === 'object' && data !== null) return data;
  throw new SlipwayError('refused', 'Google Cloud gave an answer that cannot be read', {
    hint: 'Try again; a proxy on the way may cut off what it answers.',
  });
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
/** For how long Google may put a request off, in milliseconds. */
const PATIENCE = 180_000;

/** The library would hold back one request at a time, and does not read for how long: that is the gate's. */
function pauseFor(error: unknown): number | undefined {
  if (error instanceof SlipwayError || !throttles(error as HttpError)) return undefined;
  return pauseAsked(error as HttpError);
}

function mayRepeat(error: HttpError, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted || throttles(error) || pauseAsked(error) > LONGEST_PAUSE) return false;
  const status = statusOf(error);
  const isPassing = status === undefined || status === 408 || status >= 500;
  return isPassing && triesOf(error) < TRIES;
}

/** The longest that a server in trouble may ask one request to wait, in milliseconds. */
const LONGEST_PAUSE = 30_000;

async function pauseBefore(error: HttpError, usual: number): Promise<void> {
  await delay(pauseAsked(error) || Math.min(usual, 1000));
}

function triesOf(error: HttpError): number {
  return error.config?.retryConfig?.currentRetryAttempt ?? 0;
}

function pauseAsked(error: HttpError): number {
  return retryAfter(error.response?.headers?.get?.('retry-after'));
}
