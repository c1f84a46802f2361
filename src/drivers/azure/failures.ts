import { type ErrorCode, SlipwayError } from '../../errors.ts';
import { permissionOf } from './permission.ts';

/**
 * Does something at Azure. `what` is the end of the sentence "Azure could not …": "make the network".
 * @throws SlipwayError for whatever goes wrong
 */
export async function ask<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(what, error);
  }
}

/** The same, for what may not be there. */
export async function lookUp<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  return ask(what, () =>
    work().catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    }),
  );
}

/** Whether this is Azure's answer for what does not exist, the group around it included. */
export function isMissing(error: unknown): boolean {
  const { status, code } = refusalOf(error);
  return status === 404 && code !== 'SubscriptionNotFound';
}

/** Azure's own code for what went wrong: "NicInUse". */
export function azureCode(error: unknown): string | undefined {
  return refusalOf(error).code;
}

/** What went wrong, as our error; also for what a machine's state tells and no answer did. */
export function failureOf(what: string, error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const refusal = refusalOf(error);
  const { code, sentence, hint } = understood(what, refusal);
  return new SlipwayError(code, sentence, { cause: refusal.cause ?? error, ...(hint === undefined ? {} : { hint }) });
}

interface Refusal {
  readonly name: string;
  /** Azure's, or Node's. */
  readonly code: string | undefined;
  /** Of HTTP; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly method: string;
  readonly url: string;
  /** What to quote, where the error itself is too long. */
  readonly cause?: unknown;
}

interface Understood {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly hint?: string;
}

const CAPACITY = new Set([
  'SkuNotAvailable',
  'AllocationFailed',
  'ZonalAllocationFailed',
  'OverconstrainedAllocationRequest',
  'OverconstrainedZonalAllocationRequest',
  'SpotPriceGreaterThanProvidedMaxPrice',
]);

const MISTAKES = new Set([
  'LocationNotAvailableForResourceType',
  'NoRegisteredProviderFound',
  'MarketplacePurchaseEligibilityFailed',
  'VMMarketplaceInvalidInput',
  'DnsRecordInUse',
  'AzureSpotIsNotSupportedForThisVMSize',
  'MaxPriceValueInvalid',
  'PrivateIPAddressInUse',
  'PrivateIPAddressNotInSubnet',
  'PropertyChangeNotAllowed',
]);

/** 404 and 409 as well, when the subscription itself is what is wrong. */
const ACCOUNT: Readonly<Record<string, string>> = {
  SubscriptionNotFound: 'These credentials cannot see the subscription: az account list shows those that they can.',
  InvalidSubscriptionId: 'az account list shows the subscriptions that these credentials can see.',
  ReadOnlyDisabledSubscription: 'The subscription is disabled: see to it in the portal, or say another.',
  DisallowedOperation: 'The subscription may not do this: see to it in the portal, or say another.',
};

function understood(what: string, refusal: Refusal): Understood {
  return (
    withoutAnswer(what, refusal) ??
    byCode(what, refusal.code ?? '', refusal) ??
    byStatus(what, refusal.status ?? 0, refusal)
  );
}

function byCode(what: string, code: string, refusal: Refusal): Understood | undefined {
  if (CAPACITY.has(code)) {
    return {
      code: 'no-capacity',
      sentence: `Azure has no room to ${what}`,
      hint: 'Name more sizes, zones or locations.',
    };
  }
  if (isQuota(code, refusal)) {
    return { code: 'quota', sentence: `A quota does not let Azure ${what}`, hint: RAISE_QUOTA };
  }
  if (code === 'MissingSubscriptionRegistration') {
    return {
      code: 'denied',
      sentence: `The subscription has never used what it takes to ${what}`,
      hint: `Register it, once: az provider register --namespace ${providerOf(refusal.url)}`,
    };
  }
  if (code === 'ScopeLocked')
    return { code: 'denied', sentence: `A lock does not let Azure ${what}`, hint: 'See: az lock list' };
  const account = ACCOUNT[code];
  if (account !== undefined)
    return { code: 'denied', sentence: `The subscription does not let Azure ${what}`, hint: account };
  return MISTAKES.has(code) ? { code: 'bad-input', sentence: `Azure could not ${what}` } : undefined;
}

export const RAISE_QUOTA =
  'Raise it under "Quotas" in the portal (https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade), ' +
  'or name another size or location.';

/** For its oldest quotas, those of processors, Azure has no code of their own: a new machine is "not allowed". */
function isQuota(code: string, { method, url }: Refusal): boolean {
  if (/(QuotaExceeded|CountLimitReached|LimitExceeded|QuotaReached)$/.test(code)) return true;
  return code === 'OperationNotAllowed' && method === 'PUT' && /\/virtualMachines\/[^/]+$/i.test(pathOf(url));
}

function byStatus(what: string, status: number, refusal: Refusal): Understood {
  const sentence = `Azure could not ${what}`;
  if (status === 401) return { code: 'no-credentials', sentence: `Azure does not take the credentials`, hint: LOG_IN };
  if (status === 403) return denied(what, refusal);
  if (status === 404) return { code: 'not-found', sentence };
  if (status === 429) {
    return { code: 'throttled', sentence, hint: 'Azure takes no more requests for now: try again in some minutes.' };
  }
  if (status === 400) return { code: 'bad-input', sentence };
  return { code: status >= 500 ? 'failed' : 'refused', sentence };
}

function denied(what: string, { code, method, url }: Refusal): Understood {
  if (code === 'RequestDisallowedByPolicy') {
    return { code: 'denied', sentence: `A policy of your organisation does not let Azure ${what}` };
  }
  const permission = permissionOf(method, pathOf(url));
  const needed = code === 'LinkedAuthorizationFailed' ? 'a permission on what it refers to' : `"${permission}"`;
  return {
    code: 'denied',
    sentence: `These credentials may not ${what}: that takes ${needed}`,
    hint: 'The role that has all that is needed is in the documentation of this driver (docs/drivers/azure.md).',
  };
}

const LOG_IN =
  'Type: az login. Or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to those of a service principal.';

function withoutAnswer(what: string, { name, code, status }: Refusal): Understood | undefined {
  if (name === 'AggregateAuthenticationError' || name === 'CredentialUnavailableError') {
    return {
      code: 'no-credentials',
      sentence: 'There are no credentials for Azure: none in the environment, and nobody is logged in to its tools',
      hint: LOG_IN,
    };
  }
  if (name === 'AuthenticationError' || name === 'AuthenticationRequiredError') {
    return { code: 'no-credentials', sentence: 'Azure does not take the credentials', hint: LOG_IN };
  }
  if (name === 'AbortError') return { code: 'timeout', sentence: `Azure gave no answer when asked to ${what}` };
  if (status !== undefined) return undefined;
  const isNetwork = code !== undefined && /^(E[A-Z]+|REQUEST_SEND_ERROR|CERT_.*|.*_CERT.*)$/.test(code);
  return isNetwork
    ? {
        code: 'failed',
        sentence: `Azure could not be reached to ${what}`,
        hint: 'Is there a network? A proxy is named by HTTPS_PROXY.',
      }
    : undefined;
}

function refusalOf(error: unknown): Refusal {
  const { name, code, statusCode, request, errors, errorResponse } = (error ?? {}) as Record<string, unknown>;
  const { method, url } = (request ?? {}) as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : undefined,
    status: typeof statusCode === 'number' ? statusCode : undefined,
    method: typeof method === 'string' ? method : '',
    url: typeof url === 'string' ? url : '',
    ...(Array.isArray(errors) ? { cause: new Error(tried(errors)) } : {}),
    ...(isTold(errorResponse) ? { cause: new Error(firstLine(errorResponse.errorDescription)) } : {}),
  };
}

/** What each member of the chain said, in a line each. */
function tried(errors: readonly unknown[]): string {
  return `tried in turn: ${errors.map((error) => firstLine(error instanceof Error ? error.message : String(error))).join('; ')}`;
}

function isTold(response: unknown): response is { errorDescription: string } {
  return typeof response === 'object' && response !== null && 'errorDescription' in response;
}

function firstLine(text: string): string {
  return (text.split(/\r?\n| Trace ID:/)[0] ?? '').trim();
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '';
}

function providerOf(url: string): string {
  return /\/providers\/([\w.]+)/i.exec(url)?.[1] ?? 'Microsoft.Compute';
}
