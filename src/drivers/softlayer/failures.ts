import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import type { Answer } from '../rest.ts';

/** What SoftLayer says with an error; sldn.softlayer.com/article/rest. */
interface Said {
  readonly code?: string;
  readonly error?: string;
}

/** The error of an answer that is no success. What it will not do it mostly tells with the status 500. */
export function failureOf({ status, body }: Answer): SlipwayError {
  const { code = '', error } = (body as Said | undefined) ?? {};
  const [kind, sentence, hint] = meaningOf(status, code);
  const cause = Object.assign(new Error(error || `HTTP ${status}`), { code: code || String(status) });
  return new SlipwayError(kind, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Whether an answer says that SoftLayer has understood, and does not do it. */
export function isDecision(text: string): boolean {
  try {
    return DECIDED.test((JSON.parse(text) as Said).code ?? '');
  } catch {
    return false; // no JSON: whoever is before it
  }
}

const DECIDED = /^SoftLayer_Exception_\w*(Capacity|Insufficient|Quota|Permission|Forbidden|Invalid|Missing|Validation)/;

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** SoftLayer is in the middle of something else with the thing: that passes. */
export function isBusy(error: unknown): boolean {
  return BUSY.test((error instanceof SlipwayError ? codeOf(error.cause) : undefined) ?? '');
}

const BUSY = /^SoftLayer_Exception_\w*(NotReady|InUse|Transaction|Conflict)/;

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

function meaningOf(status: number, code: string): Meaning {
  if (code === 'SoftLayer_Exception_ObjectNotFound') return NOT_FOUND;
  const known = MEANINGS[status];
  if (known) return known;
  const told = REASONS.find(([form]) => form.test(code));
  if (told) return told[1];
  return status >= 500 ? TROUBLE : ['refused', `SoftLayer refused it (HTTP ${status})`];
}

const NOT_FOUND: Meaning = ['not-found', 'SoftLayer knows no such thing in this account'];
const TROUBLE: Meaning = [
  'refused',
  'SoftLayer has trouble of its own',
  'https://cloud.ibm.com/status tells of it; try again later.',
];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: [
    'no-credentials',
    'SoftLayer does not accept the user or the API key, or no longer',
    'Try: slcli account summary',
  ],
  403: ['denied', 'The SoftLayer user may not do this', 'docs/drivers/softlayer.md has the permissions that it needs.'],
  404: NOT_FOUND,
  429: ['throttled', 'SoftLayer takes no more requests of this user for now', 'Try again in a minute.'],
};

const REASONS: readonly (readonly [RegExp, Meaning])[] = [
  [BUSY, ['refused', 'SoftLayer is still busy with it']],
  [
    /Capacity|Insufficient|Unavailable/,
    [
      'no-capacity',
      'SoftLayer has no such virtual server left there at the moment',
      'Name more: --softlayer-region dal13,wdc07',
    ],
  ],
  [
    /Quota|Limit/,
    ['quota', 'A limit of the SoftLayer account is reached', 'Ask for more: https://cloud.ibm.com/unifiedsupport'],
  ],
  [
    /Permission|Forbidden/,
    ['denied', 'The SoftLayer user may not do this', 'docs/drivers/softlayer.md has the permissions.'],
  ],
  [/Invalid|Missing|Order|Validation/, ['bad-input', 'SoftLayer does not take what was asked for']],
  [/^SoftLayer_Exception_Public$/, ['refused', 'SoftLayer refused it']],
];
