import { type ErrorCode, SlipwayError } from '../../errors.ts';

/**
 * The error in the body of an answer that says no; undefined where there is none.
 * vSphere Automation API: "com.vmware.vapi.std.errors.not_found" with its messages.
 */
export function failureOfError(text: string): SlipwayError | undefined {
  const { type = '' } = parsed(text);
  const kind = type.replace('com.vmware.vapi.std.errors.', '');
  if (kind === '') return undefined;
  const [code, sentence, hint] = MEANINGS[kind] ?? ['refused', `vSphere refused it ("${kind}")`];
  const cause = Object.assign(new Error(messageIn(parsed(text)) || kind), { code: kind });
  return new SlipwayError(code, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** For work that was accepted and then failed: what vSphere says of it stands somewhere within. */
export function failureWithin(error: unknown, sentence: string): SlipwayError {
  const message = messageIn(error);
  return new SlipwayError('refused', sentence, { cause: new Error(message === '' ? 'no reason given' : message) });
}

function parsed(text: string): { readonly type?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // whoever is before a vCenter answers with a page
  }
}

/** The first message, however deep. */
function messageIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const own = (value as { readonly default_message?: unknown }).default_message;
  if (typeof own === 'string' && own !== '') return own;
  return Object.values(value).reduce<string>((found, each) => found || messageIn(each), '');
}

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  unauthenticated: ['no-credentials', 'vSphere does not accept the user and password'],
  unauthorized: [
    'denied',
    'The user may not do this',
    'docs/drivers/vsphere.md lists what the user must be allowed for a library item.',
  ],
  not_found: ['not-found', 'vSphere knows no such thing'],
  already_exists: ['exists', 'There is one of this name already'],
  invalid_argument: ['bad-input', 'vSphere does not take what was asked for'],
  unsupported: ['bad-input', 'vSphere does not take what was asked for'],
  unable_to_allocate_resource: [
    'no-capacity',
    'vSphere has no room for it there',
    'Name more datastores or hosts: --vsphere-datastore one,two',
  ],
  service_unavailable: ['refused', 'The content library of this vCenter does not run', 'Try again later.'],
  resource_inaccessible: ['refused', 'vSphere cannot read the library item', 'Look at the datastore of the library.'],
};
