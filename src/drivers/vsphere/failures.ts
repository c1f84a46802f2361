import { codeOf, type ErrorCode, SlipwayError } from '../../errors.ts';
import { all, at, textAt, typeOf, type Xml } from './xml.ts';

/** The error of a fault that was the answer to a request. */
export function failureOfFault(fault: Xml): SlipwayError {
  const [detail] = at(fault, 'detail')?.children ?? [];
  const type = detail === undefined ? '' : typeOf(detail) || detail.name.replace(/Fault$/, '');
  return failure({ type, message: textAt(fault, 'faultstring'), detail });
}

/** The error of a task that was accepted and then failed. */
export function failureOfTask(error: Xml): SlipwayError {
  const detail = at(error, 'fault');
  return failure({ type: detail ? typeOf(detail) : '', message: textAt(error, 'localizedMessage'), detail });
}

/** The error of an answer that somebody on the way gave: what is before a vCenter answers for it while it starts. */
export function failureOfStatus(status: number): SlipwayError {
  const cause = new Error(`HTTP ${status}`);
  if (status === 403) return new SlipwayError('denied', 'vSphere does not let us ask', { cause });
  if (status === 429) {
    const hint = 'Try again in a minute.';
    return new SlipwayError('throttled', 'vSphere takes no more requests for now', { cause, hint });
  }
  if (status === 404) {
    const hint = 'Look at --vsphere-vcenter: it names the vCenter or ESXi itself.';
    return new SlipwayError('bad-input', 'There is no vSphere at that address', { cause, hint });
  }
  return new SlipwayError('refused', 'vSphere has trouble of its own', { cause, hint: TROUBLE });
}

/** Gives undefined where the place knows no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
}

/** vSphere's own name of what is wrong: "DuplicateName"; undefined for what is no fault of its. */
export function faultIn(error: unknown): string | undefined {
  return error instanceof SlipwayError ? codeOf(error.cause) : undefined;
}

/** vSphere is doing something else with the thing: that passes. */
export function isBusy(error: unknown): boolean {
  return ['TaskInProgress', 'ConcurrentAccess'].includes(faultIn(error) ?? '');
}

interface Fault {
  readonly type: string;
  readonly message: string;
  readonly detail: Xml | undefined;
}

function failure(fault: Fault): SlipwayError {
  const [code, sentence, hint] = meaningOf(fault);
  const cause = Object.assign(new Error(fault.message || fault.type || 'no reason given'), { code: fault.type });
  return new SlipwayError(code, sentence, { cause, ...(hint === undefined ? {} : { hint }) });
}

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

function meaningOf({ type, detail }: Fault): Meaning {
  const known = MEANINGS[type];
  if (known) return known;
  if (type === 'NoPermission') return mayNot(textAt(detail, 'privilegeId'));
  if (type === 'InvalidArgument') return notTaken(textAt(detail, 'invalidProperty'));
  if (NO_ROOM.has(type) || /^Insufficient/.test(type))
    return ['no-capacity', 'vSphere has no room for it there', ELSEWHERE];
  if (NOT_TAKEN.has(type)) return notTaken(textAt(detail, 'property'));
  const causes = all(detail, 'faultCause').map((each) => textAt(each, 'localizedMessage'));
  return ['refused', `vSphere refused it ("${[type || 'no reason given', ...causes].join('": "')}")`];
}

function mayNot(privilege: string): Meaning {
  const what = privilege === '' ? 'this' : `this: it takes the privilege "${privilege}"`;
  return ['denied', `The user may not do ${what}`, 'docs/drivers/vsphere.md lists what the user must be allowed.'];
}

function notTaken(property: string): Meaning {
  return ['bad-input', `vSphere does not take what was asked for${property === '' ? '' : ` ("${property}")`}`];
}

const ELSEWHERE = 'Name more datastores or hosts: --vsphere-datastore one,two';
const TROUBLE = 'Look at its services (https://HOST:5480 for a vCenter), and try again later.';

const NO_ROOM = new Set([
  'NoDiskSpace',
  'OutOfBounds',
  'NumVirtualCpusExceedsLimit',
  'NoCompatibleHost',
  'DatastoreNotWritableOnHost',
]);
const NOT_TAKEN = new Set([
  'InvalidVmConfig',
  'InvalidDeviceSpec',
  'InvalidDeviceBacking',
  'InvalidDeviceOperation',
  'InvalidDatastorePath',
  'InvalidDatastore',
  'InvalidName',
  'InvalidRequest',
  'InvalidType',
  'NicSettingMismatch',
  'CustomizationFault',
  'UncustomizableGuest',
  'CannotAccessNetwork',
  'NotSupported',
]);

const MEANINGS: Readonly<Record<string, Meaning>> = {
  InvalidLogin: [
    'no-credentials',
    'vSphere does not accept the user and password',
    'A user of a vCenter is written with its domain: administrator@vsphere.local',
  ],
  NotAuthenticated: ['no-credentials', 'vSphere does not know the session any more', 'Try again.'],
  RestrictedVersion: ['denied', 'The licence of this ESXi does not let its API change anything'],
  LicenseAssignmentFailed: ['denied', 'The licence of this vSphere does not allow it'],
  ManagedObjectNotFound: ['not-found', 'vSphere knows no such thing'],
  NotFound: ['not-found', 'vSphere knows no such thing'],
  DuplicateName: ['exists', 'There is one of this name already'],
  AlreadyExists: ['exists', 'There is one of this name already'],
  TaskInProgress: ['refused', 'vSphere is still busy with it'],
  ConcurrentAccess: ['refused', 'Somebody else changed it at the same time', 'Try again.'],
  HostNotConnected: ['no-capacity', 'The host is not connected', 'Name another: --vsphere-hostsystem'],
  HostCommunication: ['refused', 'The vCenter cannot reach the host', TROUBLE],
  InvalidState: ['refused', 'It is in a state in which this cannot be done'],
  InvalidPowerState: ['refused', 'It is not in the state of power in which this can be done'],
  ToolsUnavailable: ['refused', 'VMware Tools do not run in the machine', 'Install open-vm-tools in the template.'],
  SystemError: ['refused', 'vSphere has trouble of its own', TROUBLE],
  RuntimeFault: ['refused', 'vSphere has trouble of its own', TROUBLE],
};
