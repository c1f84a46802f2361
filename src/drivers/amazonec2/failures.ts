import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import { retryAfter } from '../../gate.ts';
import { quotaOf } from './quotas.ts';

/** What was asked when it failed. */
export interface Asked {
  /** As permissions name it; "ec2" when absent. */
  readonly service?: string;
  /** "RunInstances" */
  readonly action: string;
  readonly region: string;
  readonly signal: AbortSignal | undefined;
  readonly input: unknown;
}

/** What AWS or its SDK said, as an error for a person. AWS's own code is the name of the cause. */
export function failureOf(thrown: unknown, asked: Asked): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  const error = (thrown as { refusal?: unknown }).refusal ?? thrown;
  const code = nameOf(error);
  const [kind, sentence, hint] = explain(code, error, asked);
  return new SlipwayError(kind, sentence, { cause: reason(error, code), ...(hint === undefined ? {} : { hint }) });
}

/** AWS's code for it: "InvalidGroup.NotFound"; undefined for what is no answer of AWS. */
export function awsCode(error: unknown): string | undefined {
  return error instanceof SlipwayError && error.cause instanceof Error ? error.cause.name : undefined;
}

/** Whether AWS knows no such thing, be it that the id cannot be one of its own. */
export function isUnknown(error: unknown): boolean {
  return /\.(NotFound|Malformed)$/.test(awsCode(error) ?? '');
}

/** For how many milliseconds AWS asks for patience, 0 where it does not say; undefined where it does not ask. */
export function pauseFor(error: unknown): number | undefined {
  const { $metadata, $response } = error as Refused;
  if (!throttled.has(nameOf(error)) && $metadata?.httpStatusCode !== 429) return undefined;
  return retryAfter($response?.headers?.['retry-after']);
}

/** Whether AWS says with it that it has not done what it was asked: not where it has trouble, or nothing came. */
export function isAnswer(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return (status >= 400 && status < 500) || /^Insufficient/.test(nameOf(error));
}

interface Refused {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** What the SDK passes on as it is: it would try a refusal for want of patience again, however often we had. */
export function givenUp(refusal: unknown): Error {
  return Object.assign(new Error('AWS asks for more patience than there is'), { refusal });
}

type Explained = readonly [ErrorCode, string, hint?: string];

function explain(code: string, error: unknown, asked: Asked): Explained {
  const { action, region } = asked;
  if (asked.signal?.aborted) return ['interrupted', `Interrupted while asking AWS to "${action}"`];
  if (noCredentials.has(code)) return ['no-credentials', 'There are no credentials for AWS', CHAIN];
  if (badCredentials.has(code)) return ['no-credentials', 'AWS does not accept the credentials', SIGN_IN];
  if (denied.has(code)) return notAllowed(error, asked);
  if (pauseFor(error) !== undefined) {
    return ['throttled', `AWS asks for patience: too many requests in "${region}"`, 'Try again in a minute.'];
  }
  if (isCapacity(code, action)) return ['no-capacity', `AWS has no "${wanted(asked)}" left at the moment`, ELSEWHERE];
  const quota = quotaOf(code, region);
  if (quota) return ['quota', quota.sentence, quota.hint];
  return explainRest(code, error, asked);
}

function explainRest(code: string, error: unknown, { action, region }: Asked): Explained {
  if (code.endsWith('.NotFound')) return ['not-found', `AWS knows nothing by that name in "${region}" ("${action}")`];
  if (/^(Invalid|Missing|Unknown|Malformed)/.test(code)) {
    return ['bad-input', `AWS does not take what "${action}" was asked with`];
  }
  if (code === 'UnsupportedOperation') return ['unsupported', `AWS does not do "${action}" to this machine`];
  if (code === 'TimeoutError') return ['timeout', `AWS did not answer "${action}" in "${region}"`, TRY_AGAIN];
  if (statusOf(error) === undefined) {
    return [
      'failed',
      `AWS cannot be reached in "${region}"`,
      'See that this computer is online, and the region exists.',
    ];
  }
  if ((statusOf(error) ?? 0) >= 500) return ['refused', `AWS has trouble of its own with "${action}"`, TRY_AGAIN];
  return ['refused', `AWS refused "${action}" ("${code}")`];
}

const CHAIN =
  'Looked at, in this order: the profile named by AWS_PROFILE, else AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, else ' +
  'the profile "default", by SSO, keys, role or process in ~/.aws; AWS_WEB_IDENTITY_TOKEN_FILE; the container; the ' +
  'instance metadata. Sign in: aws sso login, or aws configure';
const SIGN_IN = "Sign in again: aws sso login, or aws configure. And see that this computer's clock is right.";
const ELSEWHERE =
  'Name more types or zones to try: --amazonec2-instance-type t3.small,t3a.small --amazonec2-zone a,b,c';
const TRY_AGAIN = 'Try again in a minute; https://health.aws.amazon.com tells of disturbances.';

/** Of the SDK, when its chain of credentials found none. */
const noCredentials = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** Of AWS: docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, as the codes below. */
const badCredentials = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'Blocked',
  'OptInRequired',
  'PendingVerification',
  'UnauthorizedAccess',
  'UnauthorizedOperation',
]);

const throttled = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
]);

/** What another type, zone or price may still get. `Unsupported`: the type is not in the zone. */
function isCapacity(code: string, action: string): boolean {
  if (action !== 'RunInstances') return code === 'InsufficientAddressCapacity';
  return /^Insufficient\w+(Capacity|InSubnet)$/.test(code) || code === 'SpotMaxPriceTooLow' || code === 'Unsupported';
}

/** "t3.small in us-east-1a" */
function wanted({ input, region, action }: Asked): string {
  const { InstanceType, Placement } = input as { InstanceType?: string; Placement?: { AvailabilityZone?: string } };
  if (InstanceType === undefined) return `of what "${action}" asks for in ${region}`;
  return `${InstanceType} in ${Placement?.AvailabilityZone ?? region}`;
}

/** AWS names the permission in what it says, if it says more than no; one call may need several. */
function notAllowed(error: unknown, { service = 'ec2', action, region }: Asked): Explained {
  const [permission] = /\b[a-z][a-z0-9-]+:[A-Z][A-Za-z]+\b/.exec(messageOf(error)) ?? [`${service}:${action}`];
  return [
    'denied',
    `AWS does not allow you "${permission}" in "${region}"`,
    'Ask for that permission; docs/drivers/amazonec2.md has a policy with all that Slipway needs.',
  ];
}

function nameOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'Error'); // a system's error has its code beside
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function statusOf(error: unknown): number | undefined {
  return (error as Refused).$metadata?.httpStatusCode;
}

/** What was said, without what no person reads, and without the request. */
function reason(error: unknown, code: string): Error {
  const said = new Error(messageOf(error).replace(/\S{200,}/g, '…') || code);
  said.name = code;
  return said;
}
