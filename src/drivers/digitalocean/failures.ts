import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import type { Answer } from '../rest.ts';

/** The error of an answer that is no success. DigitalOcean's codes say little more than the status. */
export function failureOf({ status, body }: Answer): SlipwayError {
  const said = body as { id?: string; message?: string } | undefined;
  const [kind, sentence, hint] = meaningOf(status);
  const cause = Object.assign(new Error(said?.message || `HTTP ${status}`), {
    code: said?.id || String(status),
    status,
  });
  return new SlipwayError(kind, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** DigitalOcean does not take it, or not yet, and says the same to both. */
export function isRefusedForNow(error: unknown): boolean {
  return [409, 422].includes(statusOf(error));
}

export function isUnprocessable(error: unknown): boolean {
  return statusOf(error) === 422;
}

function statusOf(error: unknown): number {
  const cause = error instanceof SlipwayError ? (error.cause as { status?: number } | undefined) : undefined;
  return cause?.status ?? 0;
}

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

function meaningOf(status: number): Meaning {
  if (status >= 500) return TROUBLE;
  return MEANINGS[status] ?? ['refused', `DigitalOcean refused it (HTTP ${status})`];
}

const TROUBLE: Meaning = [
  'refused',
  'DigitalOcean has trouble of its own',
  'https://status.digitalocean.com tells of it; try again later.',
];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: ['bad-input', 'DigitalOcean does not take what was asked for'],
  401: [
    'no-credentials',
    'DigitalOcean does not accept the API token, or no longer',
    'Make another at https://cloud.digitalocean.com/account/api/tokens, then type: doctl auth init',
  ],
  403: ['denied', 'The API token does not allow this', 'docs/drivers/digitalocean.md has the scopes that it needs.'],
  404: ['not-found', 'DigitalOcean knows no such thing in this account'],
  409: ['exists', 'There is one like it at DigitalOcean already, or it is in use'],
  422: ['bad-input', 'DigitalOcean does not take what was asked for'],
  429: ['throttled', 'DigitalOcean takes no more requests of this account for now', 'Try again in a minute.'],
};
