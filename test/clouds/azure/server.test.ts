import tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type AzureCloud, startCloud } from './index.ts';

let cloud: AzureCloud;
let token = '';
let complained = 0;

beforeAll(async () => {
  cloud = await startCloud({ pace: 0 });
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), cloud.ca]);
  cloud.seed('resourceGroups/mine', { location: 'westeurope' });
  token = await logIn();
});

afterAll(() => cloud.close());

beforeEach(() => {
  complained = cloud.complaints.length;
});

async function logIn(): Promise<string> {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID = '', AZURE_CLIENT_SECRET = '' } = cloud.env;
  const form = {
    grant_type: 'client_credentials',
    client_id: AZURE_CLIENT_ID,
    client_secret: AZURE_CLIENT_SECRET,
    scope: `${cloud.url}/.default`,
  };
  const answer = await fetch(`${cloud.url}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function send(method: string, path: string, body?: object, version = '2025-05-01') {
  const answer = await fetch(
    `${cloud.url}/subscriptions/${cloud.subscription}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`,
    {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    },
  );
  const text = await answer.text();
  const { error } = text === '' ? { error: undefined } : JSON.parse(text);
  return {
    status: answer.status,
    code: error?.code as string | undefined,
    complaints: cloud.complaints.slice(complained),
  };
}

const NETWORK = '/resourceGroups/mine/providers/Microsoft.Network';
const SPACE = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };

test('what is in no definition is a complaint', async () => {
  expect(await send('GET', `${NETWORK}/natGateways/one/two`)).toMatchObject({
    status: 404,
    complaints: [expect.stringMatching(/natGateways\/one\/two is in no definition$/)],
  });
});

test.each([
  [
    'an unknown field',
    { location: 'westeurope', properties: { ...SPACE, subnet: [] } },
    'VirtualNetwork.properties.subnet is unknown',
  ],
  [
    'a read-only field',
    { location: 'westeurope', properties: { ...SPACE, resourceGuid: 'x' } },
    'VirtualNetwork.properties.resourceGuid is read-only',
  ],
  [
    'a wrong type',
    { location: 'westeurope', properties: { ...SPACE, flowTimeoutInMinutes: '4' } },
    'VirtualNetwork.properties.flowTimeoutInMinutes cannot be "4"',
  ],
  ['a field that is null', { location: 'westeurope', properties: null }, 'VirtualNetwork.properties is no object'],
])('%s is a complaint', async (_, body, complaint) => {
  const { status, code, complaints } = await send('PUT', `${NETWORK}/virtualNetworks/one`, body);
  expect({ status, code }).toEqual({ status: 400, code: 'InvalidRequestContent' });
  expect(complaints).toContain(`virtualNetworks.createOrUpdate: ${complaint}`);
});

test('a word that an enumeration has not is a complaint', async () => {
  const rule = { priority: 100, direction: 'Inwards', access: 'Allow', protocol: 'Tcp' };
  const body = { location: 'westeurope', properties: { securityRules: [{ name: 'one', properties: rule }] } };
  const { complaints } = await send('PUT', `${NETWORK}/networkSecurityGroups/one`, body);
  expect(complaints).toContainEqual(expect.stringContaining('/direction must be equal to one of the allowed values'));
});

test('another version of the interface is a complaint', async () => {
  expect((await send('GET', `${NETWORK}/virtualNetworks/one`, undefined, '2026-01-01')).complaints).toEqual([
    "virtualNetworks.get: the api-version is 2026-01-01, and the definition's 2025-05-01",
  ]);
});

test('an unknown word in the query is a complaint', async () => {
  expect((await send('GET', `${NETWORK}/virtualNetworks/one?depth=2`)).complaints).toEqual([
    'virtualNetworks.get: the query has an unknown depth',
  ]);
});

test.each([
  ['without a location', `${NETWORK}/virtualNetworks/one`, { properties: SPACE }, 400, 'LocationRequired'],
  [
    'in no location',
    `${NETWORK}/virtualNetworks/one`,
    { location: 'moon', properties: SPACE },
    400,
    'LocationNotAvailableForResourceType',
  ],
  [
    'in no group',
    '/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/one',
    { location: 'westeurope', properties: SPACE },
    404,
    'ResourceGroupNotFound',
  ],
  [
    'under no name',
    `${NETWORK}/virtualNetworks/-`,
    { location: 'westeurope', properties: SPACE },
    400,
    'InvalidResourceName',
  ],
  [
    'that is an address of the retired kind',
    `${NETWORK}/publicIPAddresses/one`,
    { location: 'westeurope', sku: { name: 'Basic' }, properties: { publicIPAllocationMethod: 'Static' } },
    400,
    'IPv4BasicSkuPublicIpCountLimitReached',
  ],
  [
    'that refers to nothing',
    `${NETWORK}/networkInterfaces/one`,
    {
      location: 'westeurope',
      properties: {
        ipConfigurations: [
          { name: 'one', properties: { primary: true, subnet: { id: '/subscriptions/s/subnets/none' } } },
        ],
      },
    },
    400,
    'InvalidResourceReference',
  ],
])('a thing %s is refused as Azure does', async (_, path, body, status, code) => {
  expect(await send('PUT', path, body)).toMatchObject({ status, code, complaints: [] });
});

test('a network in use is not deleted', async () => {
  const id = `/subscriptions/${cloud.subscription}${NETWORK}`;
  cloud.seed(`${id}/virtualNetworks/busy`, {
    location: 'westeurope',
    properties: { ...SPACE, subnets: [{ name: 'a' }] },
  });
  cloud.seed(`${id}/networkInterfaces/user`, {
    location: 'westeurope',
    properties: {
      ipConfigurations: [{ name: 'one', properties: { subnet: { id: `${id}/virtualNetworks/busy/subnets/a` } } }],
    },
  });
  expect(await send('DELETE', `${NETWORK}/virtualNetworks/busy`)).toMatchObject({
    status: 400,
    code: 'InUseSubnetCannotBeDeleted',
  });
  await cloud.removeAtPortal(`${id}/networkInterfaces/user`);
  expect(await send('DELETE', `${NETWORK}/virtualNetworks/busy`)).toMatchObject({ status: 202 });
});

test('nobody gets in with a token that has run out', async () => {
  cloud.expireTokens();
  expect(await send('GET', `${NETWORK}/virtualNetworks/one`)).toMatchObject({
    status: 401,
    code: 'InvalidAuthenticationToken',
  });
});
