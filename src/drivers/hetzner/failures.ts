import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import type { Answer } from '../rest.ts';

/** What Hetzner says with an error; docs.hetzner.cloud, "Errors". */
interface Said {
  readonly code: string;
  readonly message: string;
}

/** The error of an answer that is no success. */
export function failureOf({ status, body }: Answer): SlipwayError {
  const said = (body as { error?: Partial<Said> } | undefined)?.error;
  return failure({ code: said?.code ?? codeFor(status), message: said?.message || `HTTP ${status}` });
}

/** The error of an answer, or of an action that was accepted and then failed. */
export function failure({ code, message }: Said): SlipwayError {
  const [kind, sentence, hint] = meaningOf(code);
  const cause = Object.assign(new Error(message), { code });
  return new SlipwayError(kind, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** Hetzner is busy with the thing, or with what uses it: that passes. */
export function isBusy(error: unknown): boolean {
  return BUSY.has((error instanceof SlipwayError ? codeOf(error.cause) : undefined) ?? '');
}

const BUSY = new Set(['locked', 'conflict', 'resource_in_use']);
const NO_CAPACITY = new Set(['resource_unavailable', 'placement_error', 'no_space_left_in_location']);
const NOT_TAKEN = new Set([
  'invalid_input',
  'json_error',
  'invalid_server_type',
  'unsupported_error',
  'networks_overlap',
  'incompatible_network_type',
  'no_subnet_available',
  'ip_not_available',
  'deprecated_api_endpoint',
]);

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

function meaningOf(code: string): Meaning {
  const known = MEANINGS[code];
  if (known) return known;
  if (BUSY.has(code)) return ['refused', 'Hetzner Cloud is still busy with it'];
  if (NO_CAPACITY.has(code))
    return ['no-capacity', 'Hetzner Cloud has no such server left there at the moment', ELSEWHERE];
  if (NOT_TAKEN.has(code) || /^primary_ip_/.test(code)) {
    return ['bad-input', 'Hetzner Cloud does not take what was asked for'];
  }
  return ['refused', `Hetzner Cloud refused it ("${code}")`];
}

const ELSEWHERE = 'Name more types or locations: --hetzner-server-type cx23,cpx22';
const TROUBLE: Meaning = [
  'refused',
  'Hetzner Cloud has trouble of its own',
  'https://status.hetzner.com tells of it; try again later.',
];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  unauthorized: [
    'no-credentials',
    'Hetzner Cloud does not accept the API token, or no longer',
    'Make another at https://console.hetzner.cloud, then type: hcloud context create NAME',
  ],
  token_readonly: [
    'denied',
    'The API token may only "Read"',
    'Make one with the permission "Read & Write"; docs/drivers/hetzner.md tells more.',
  ],
  forbidden: [
    'denied',
    'The API token does not allow this',
    'It needs the permission "Read & Write"; docs/drivers/hetzner.md tells more.',
  ],
  not_found: ['not-found', 'Hetzner Cloud knows no such thing in this project'],
  resource_limit_exceeded: [
    'quota',
    'A limit of the Hetzner Cloud project is reached',
    'See which, and ask for more: https://console.hetzner.cloud, "Limits".',
  ],
  rate_limit_exceeded: [
    'throttled',
    'Hetzner Cloud takes no more requests of this project for now',
    'Try again in a minute.',
  ],
  uniqueness_error: ['exists', 'There is one like it in this project of Hetzner Cloud already'],
  protected: [
    'refused',
    'It is protected against this in the project',
    'Take the protection away at https://console.hetzner.cloud, then try again.',
  ],
  resource_locked: ['refused', 'Hetzner has locked it', 'Ask their support: https://console.hetzner.cloud/support'],
  maintenance: TROUBLE,
  server_error: TROUBLE,
  service_error: TROUBLE,
  unknown_error: TROUBLE,
  bad_gateway: TROUBLE,
  timeout: TROUBLE,
};

/** For an answer that somebody on the way gave. */
function codeFor(status: number): string {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limit_exceeded';
  return status >= 500 ? 'server_error' : 'invalid_input';
}
