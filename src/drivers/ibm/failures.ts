import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import type { Answer } from '../rest.ts';

/** What IBM says with an error; cloud.ibm.com/apidocs/vpc, "Error handling". */
interface Said {
  readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
}

/** The error of an answer that is no success. */
export function failureOf({ status, body }: Answer): SlipwayError {
  const [said] = (body as Said | undefined)?.errors ?? [];
  const code = said?.code ?? '';
  const [kind, sentence, hint] = meaningOf(status, code);
  const cause = Object.assign(new Error(said?.message || `HTTP ${status}`), { code: code || String(status), status });
  return new SlipwayError(kind, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** The error of an instance that was accepted and could not be started. */
export function startFailure(machine: string, [reason]: readonly { code: string; message: string }[]): SlipwayError {
  const scarce = ['cannot_start_capacity', 'cannot_start_ip_address'].includes(reason?.code ?? '');
  const cause = Object.assign(new Error(reason?.message ?? 'no reason given'), { code: reason?.code ?? 'failed' });
  return scarce
    ? new SlipwayError('no-capacity', 'IBM Cloud has no such instance left there at the moment', {
        cause,
        hint: ELSEWHERE,
      })
    : new SlipwayError('failed', `IBM Cloud began to make "${machine}", and failed`, { cause });
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** IBM is busy with the thing, or with what uses it: that passes. */
export function isBusy(error: unknown): boolean {
  const cause = error instanceof SlipwayError ? (error.cause as { status?: number } | undefined) : undefined;
  return cause?.status === 409;
}

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

function meaningOf(status: number, code: string): Meaning {
  if (status >= 500) return TROUBLE;
  if (/quota|limit_exceeded|_exceeded$/.test(code)) return QUOTA;
  if (code === 'subnet_out_of_ip_addresses') {
    return ['no-capacity', 'The subnet has no address left', 'Name another: --ibm-subnet'];
  }
  if (code === 'validation_unique_failed') return ['exists', 'There is one of this name at IBM Cloud already'];
  return MEANINGS[status] ?? ['refused', `IBM Cloud refused it (HTTP ${status})`];
}

const ELSEWHERE = 'Name more profiles or zones: --ibm-profile cx2-2x4,bx2-2x8';
const TROUBLE: Meaning = [
  'refused',
  'IBM Cloud has trouble of its own',
  'https://cloud.ibm.com/status tells of it; try again later.',
];
const QUOTA: Meaning = [
  'quota',
  'A quota of the IBM Cloud account is reached',
  'See which, and ask for more: https://cloud.ibm.com/docs/vpc?topic=vpc-quotas',
];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: ['bad-input', 'IBM Cloud does not take what was asked for'],
  401: ['no-credentials', 'IBM Cloud does not accept the token, or no longer', 'Log in again with: ibmcloud login'],
  403: ['denied', 'The IBM Cloud account does not allow this', 'docs/drivers/ibm.md has the actions that it needs.'],
  404: ['not-found', 'IBM Cloud knows no such thing in this account and region'],
  409: ['refused', 'IBM Cloud is still busy with it'],
  429: ['throttled', 'IBM Cloud takes no more requests of this account for now', 'Try again in a minute.'],
};
