import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import type { Answer } from '../rest.ts';

/** What a service says with an error. */
interface Said {
  /** The network service's own name of what is wrong: "OverQuota". */
  readonly type?: string;
  readonly message?: string;
}

/** The error of an answer that is no success. */
export function failureOf({ status, body }: Answer): SlipwayError {
  const { type, message } = saidIn(body);
  const [code, sentence, hint] = meaningOf(status, type);
  const cause = Object.assign(new Error(message || `HTTP ${status}`), { status, ...(type ? { type } : {}) });
  return new SlipwayError(code, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Each service has a word of its own around it: `NeutronError`, `itemNotFound`, `error`. */
function saidIn(body: unknown): Said {
  const [inner] = typeof body === 'object' && body !== null ? Object.values(body) : [];
  if (typeof inner === 'string') return { message: inner };
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** The thing is in use, or being changed: that passes. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === 'refused' && statusOf(error) === 409;
}

/** The compute service says no to what is not allowed and to what is too much alike. */
export function isForbidden(error: unknown): boolean {
  return codeOf(error) === 'denied' && statusOf(error) === 403;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SlipwayError ? (error.cause as { status?: number } | undefined)?.status : undefined;
}

/** A limit of the project is reached. */
export function quotaFailure(what: string, cause: unknown): SlipwayError {
  return new SlipwayError('quota', `The OpenStack project may have no more ${what}`, { cause, hint: LIMITS });
}

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

const LIMITS = 'This shows the limits: openstack limits show --absolute; whoever runs the cloud can raise them.';
const NO_ADDRESS = 'Name another network, or another pool: --openstack-floatingip-pool';

/** docs.openstack.org/neutron-lib, "neutron_lib.exceptions". */
const TYPES: Readonly<Record<string, Meaning>> = {
  OverQuota: ['quota', 'A limit of the OpenStack project is reached', LIMITS],
  IpAddressGenerationFailure: ['no-capacity', 'OpenStack has no address left in that network', NO_ADDRESS],
  ExternalIpAddressExhausted: ['no-capacity', 'OpenStack has no floating address left in that pool', NO_ADDRESS],
  ExternalGatewayForFloatingIPNotFound: [
    'bad-input',
    'No router leads from the network of the machine to that pool of floating addresses',
    'Name the network that is connected to it: --openstack-net-name; or another pool: --openstack-floatingip-pool',
  ],
};

const STATUSES: Readonly<Record<number, Meaning>> = {
  400: ['bad-input', 'OpenStack does not take what was asked for'],
  401: [
    'no-credentials',
    'OpenStack does not accept the credentials, or no longer',
    'Look whether "openstack token issue" works, with the same variables and clouds.yaml.',
  ],
  403: [
    'denied',
    'The OpenStack credentials do not allow this',
    'The user needs the role "member" in the project; docs/drivers/openstack.md tells what else.',
  ],
  404: ['not-found', 'OpenStack knows no such thing in this project'],
  409: ['refused', 'OpenStack is still busy with it, or it is in use'],
  413: ['quota', 'A limit of the OpenStack project is reached', LIMITS],
  429: ['throttled', 'OpenStack takes no more requests for now', 'Try again in a minute.'],
};

function meaningOf(status: number, type: string | undefined): Meaning {
  const known = (type === undefined ? undefined : TYPES[type]) ?? STATUSES[status];
  if (known) return known;
  if (status >= 500) return ['refused', 'OpenStack has trouble of its own', 'Try again later, or ask whoever runs it.'];
  return ['refused', `OpenStack refused it (HTTP ${status})`];
}
