import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hintOf, type SlipwayError, sentenceOf } from '../../../src/errors.ts';
import type { Answer } from '../../clouds/cloud.ts';
import { azureHere, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere();
let machine: TestMachine;

beforeEach(async () => {
  machine = await newMachine(cloud);
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
});

const refusal = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: JSON.stringify({ error: { code, message: `Azure's own words for ${code}.` } }),
});

/** What Azure answers to a call, and what becomes of it: our code, the sentence, and how the hint begins. */
const TABLE: readonly (readonly [string, Answer, string, string, string?])[] = [
  [
    'PUT virtualMachines',
    refusal(409, 'SkuNotAvailable'),
    'no-capacity',
    'Azure has no room to make the virtual machine',
    'Name more sizes',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'AllocationFailed'),
    'no-capacity',
    'Azure has no room to make the virtual machine',
    'Name more sizes',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'ZonalAllocationFailed'),
    'no-capacity',
    'Azure has no room to make the virtual machine',
    'Name more sizes',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'OverconstrainedAllocationRequest'),
    'no-capacity',
    'Azure has no room to make the virtual machine',
    'Name more sizes',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'SpotPriceGreaterThanProvidedMaxPrice'),
    'no-capacity',
    'Azure has no room to make the virtual machine',
    'Name more sizes',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'OperationNotAllowed'),
    'quota',
    'A quota does not let Azure make the virtual machine',
    'Raise it under "Quotas"',
  ],
  [
    'PUT virtualMachines',
    refusal(409, 'QuotaExceeded'),
    'quota',
    'A quota does not let Azure make the virtual machine',
    'Raise it under "Quotas"',
  ],
  [
    'PUT publicIPAddresses',
    refusal(400, 'PublicIPCountLimitReached'),
    'quota',
    'A quota does not let Azure make the public address',
    'Raise it under "Quotas"',
  ],
  ['PUT publicIPAddresses', refusal(400, 'DnsRecordInUse'), 'bad-input', 'Azure could not make the public address'],
  ['PUT virtualMachines', refusal(400, 'InvalidParameter'), 'bad-input', 'Azure could not make the virtual machine'],
  [
    'PUT virtualMachines',
    refusal(400, 'MarketplacePurchaseEligibilityFailed'),
    'bad-input',
    'Azure could not make the virtual machine',
  ],
  [
    'PUT networkSecurityGroups',
    refusal(403, 'AuthorizationFailed'),
    'denied',
    'that takes "Microsoft.Network/networkSecurityGroups/write"',
    'The role that has all that is needed',
  ],
  [
    'PUT resourceGroups',
    refusal(403, 'AuthorizationFailed'),
    'denied',
    'that takes "Microsoft.Resources/subscriptions/resourceGroups/write"',
  ],
  [
    'PUT networkInterfaces',
    refusal(403, 'LinkedAuthorizationFailed'),
    'denied',
    'that takes a permission on what it refers to',
  ],
  [
    'PUT virtualMachines',
    refusal(403, 'RequestDisallowedByPolicy'),
    'denied',
    'A policy of your organisation does not let Azure make',
  ],
  [
    'PUT networkSecurityGroups',
    refusal(409, 'MissingSubscriptionRegistration'),
    'denied',
    'The subscription has never used what it takes to make the network security group',
    'Register it, once: az provider register --namespace Microsoft.Network',
  ],
  [
    'PUT resourceGroups',
    refusal(404, 'SubscriptionNotFound'),
    'denied',
    'The subscription does not let Azure make',
    'These credentials cannot see',
  ],
  [
    'PUT resourceGroups',
    refusal(409, 'ReadOnlyDisabledSubscription'),
    'denied',
    'The subscription does not let Azure make',
    'The subscription is disabled',
  ],
  [
    'PUT virtualNetworks',
    refusal(409, 'ScopeLocked'),
    'denied',
    'A lock does not let Azure make the network',
    'See: az lock list',
  ],
  [
    'PUT virtualNetworks',
    refusal(401, 'ExpiredAuthenticationToken'),
    'no-credentials',
    'Azure does not take the credentials',
    'Type: az login',
  ],
  ['PUT virtualNetworks', refusal(409, 'SomethingElse'), 'refused', 'Azure could not make the network'],
];

const rows = TABLE.map(([what, fault, code, sentence, hint = '']) => {
  const { status, body } = fault;
  const { error } = JSON.parse(body);
  return { name: `${what}: ${status} ${error.code}`, what, fault, own: error.message, code, sentence, hint };
});

test.each(rows)('$name is told as $code', async ({ what, fault, own, code, sentence, hint }) => {
  cloud.intercept = (call, when) => (when === 'before' && call.what === what ? fault : undefined);
  const error = (await machine.make().catch((thrown: unknown) => thrown)) as SlipwayError;
  expect(error).toMatchObject({ name: 'SlipwayError', code });
  expect(sentenceOf(error)).toContain(sentence);
  expect(hintOf(error) ?? '').toContain(hint);
  expect(sentenceOf(error)).toContain(own);
});

test('an answer that never comes is told, after the library tried again', async () => {
  cloud.intercept = ({ what }) => (what === 'PUT virtualNetworks' ? 'drop' : undefined);
  await expect(machine.make()).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(/^Azure could not be reached to make the network "/),
  });
  expect(cloud.calls.filter(({ what }) => what === 'PUT virtualNetworks').length).toBeGreaterThan(2);
});

test('a call that is throttled once is made again', async () => {
  let refused = 0;
  cloud.intercept = ({ what }, when) => {
    if (what !== 'PUT virtualNetworks' || when === 'after' || refused > 0) return undefined;
    refused += 1;
    return refusal(429, 'TooManyRequests', { 'retry-after': '1' });
  };
  await machine.make();
  expect(refused).toBe(1);
});

describe('a machine that Azure accepts and then cannot make', () => {
  test.each([
    ['AllocationFailed', 'no-capacity', 'Azure has no room to start the virtual machine'],
    ['OverconstrainedZonalAllocationRequest', 'no-capacity', 'Azure has no room to start the virtual machine'],
    ['OSProvisioningTimedOut', 'refused', 'Azure could not start the virtual machine'],
  ])('for %s says so when it is asked where it is, and leaves nothing', async (azureCode, code, sentence) => {
    cloud.fail(azureCode, 'In these words.');
    await expect(machine.make()).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
    expect(await machine.driver().power?.state(machine.made)).toBe('Stopped');
  });
});

test('a machine that could not be started is off, and says why', async () => {
  await machine.make();
  await machine.driver().power?.stop(machine.made);
  cloud.fail('AllocationFailed', 'No room.');
  await machine.driver().power?.start(machine.made);
  await cloud.left();
  expect(await machine.driver().power?.state(machine.made)).toBe('Stopped');
  await expect(machine.driver().endpoint(machine.made)).rejects.toMatchObject({ code: 'no-capacity' });
});

test('an operation that fails on its way is told by its code', async () => {
  await machine.make();
  cloud.intercept = ({ what }, when) => {
    if (when === 'before' || what !== 'GET operations') return undefined;
    const error = { code: 'OverconstrainedAllocationRequest', message: 'No room.' };
    return { status: 200, body: JSON.stringify({ status: 'Failed', error }) };
  };
  await expect(machine.driver().power?.restart?.(machine.made)).rejects.toMatchObject({
    code: 'no-capacity',
    message: expect.stringMatching(/^Azure has no room to restart the virtual machine/),
  });
});

describe('credentials', () => {
  const NAMES = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TOKEN_CREDENTIALS'];
  const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  /** One that nobody has asked for a token yet. */
  const other = (last: string) => ({ 'azure-subscription-id': `01234567-89ab-cdef-0123-456789abcde${last}` });

  afterEach(() => {
    for (const name of NAMES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  async function checkedWith(last: string): Promise<SlipwayError> {
    const { driver, place } = await newMachine(cloud, other(last));
    const error = await driver()
      .check?.()
      .catch((thrown: unknown) => thrown);
    await place.remove();
    return error as SlipwayError;
  }

  test('that are not there: the sentence names the chain that was tried, and what to type', async () => {
    for (const name of NAMES) delete process.env[name];
    const error = await checkedWith('1');
    expect(error).toMatchObject({
      code: 'no-credentials',
      message: 'There are no credentials for Azure: none in the environment, and nobody is logged in to its tools',
      hint: 'Type: az login. Or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to those of a service principal.',
    });
    expect(sentenceOf(error)).toMatch(/tried in turn: .*EnvironmentCredential.*; .*AzureCliCredential|Azure CLI/);
    expect(sentenceOf(error)).not.toContain('\n');
  });

  test('that are wrong are told as wrong, without the secret', async () => {
    process.env.AZURE_CLIENT_SECRET = 'canary-7f3a';
    const error = await checkedWith('2');
    expect(error).toMatchObject({ code: 'no-credentials', message: 'Azure does not take the credentials' });
    expect(sentenceOf(error)).toContain('AADSTS7000215: Invalid client secret provided.');
    expect(sentenceOf(error)).not.toContain('canary-7f3a');
  });

  test('of somebody who is not known there', async () => {
    process.env.AZURE_CLIENT_ID = '01234567-89ab-cdef-0123-456789abcdef';
    expect(sentenceOf(await checkedWith('3'))).toContain('AADSTS700016');
  });

  test('that may not see the subscription', async () => {
    expect(await checkedWith('4')).toMatchObject({
      code: 'denied',
      hint: 'These credentials cannot see the subscription: az account list shows those that they can.',
    });
  });
});
