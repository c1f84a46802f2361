import { expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import { settingsOf } from '../../../src/drivers/azure/settings.ts';
import type { FlagValues } from '../../../src/flags.ts';

const ACCOUNT = { 'azure-subscription-id': '01234567-89AB-cdef-0123-456789abcdef' };
const of = (values: FlagValues) => settingsOf({ ...ACCOUNT, ...values });
const choices = (values: FlagValues) => azure.candidates?.(values) ?? [];

test('sizes are tried before locations, and those before zones', () => {
  const values = { ...ACCOUNT, 'azure-size': 'A, B', 'azure-location': 'eastus2,westeurope', 'azure-zone': '1,2' };
  const order = choices(values).map((each) => `${each['azure-size']} ${each['azure-location']} ${each['azure-zone']}`);
  expect(order).toEqual([
    'A eastus2 1',
    'A eastus2 2',
    'A westeurope 1',
    'A westeurope 2',
    'B eastus2 1',
    'B eastus2 2',
    'B westeurope 1',
    'B westeurope 2',
  ]);
});

test('spot is tried everywhere before an ordinary machine is', () => {
  const values = {
    ...ACCOUNT,
    'azure-spot': true,
    'azure-spot-fallback': true,
    'azure-spot-max-price': '0.02',
    'azure-size': 'A,B',
  };
  const tried = choices(values).map((each) => {
    const { size, spot } = settingsOf(each);
    return `${size} ${spot ? spot.maxPrice : 'ordinary'}`;
  });
  expect(tried).toEqual(['A 0.02', 'B 0.02', 'A ordinary', 'B ordinary']);
});

test('where nothing is left open there is one choice, the values themselves', () => {
  expect(choices(ACCOUNT)).toEqual([ACCOUNT]);
  expect(choices({ ...ACCOUNT, 'azure-spot': true })).toEqual([{ ...ACCOUNT, 'azure-spot': true }]);
});

test.each([
  ['AzurePublicCloud', 'https://management.azure.com'],
  ['azurecloud', 'https://management.azure.com'],
  ['AzureUSGovernmentCloud', 'https://management.usgovcloudapi.net'],
  ['AzureUSGovernment', 'https://management.usgovcloudapi.net'],
  ['AzureChinaCloud', 'https://management.chinacloudapi.cn'],
])('%s is at %s', (environment, url) => {
  expect(of({ 'azure-environment': environment }).cloud.url).toBe(url);
});

test('a Resource Manager of its own has no slash at its end', () => {
  const { cloud } = of({ 'azure-resource-manager-url': 'https://arm.example.org/' });
  expect(cloud).toMatchObject({ url: 'https://arm.example.org', priced: false });
  expect(cloud.authority).toBeUndefined();
});

test("a location may be written as the portal shows it, and a subscription's id in capitals", () => {
  expect(of({ 'azure-location': 'West Europe' })).toMatchObject({
    location: 'westeurope',
    subscription: '01234567-89ab-cdef-0123-456789abcdef',
  });
});

test('what exists is named by name, by group and name, or by id', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n';
  const named = (given: string) => of({ 'azure-network-security-group': given }).securityGroup;
  expect(named('mine')).toEqual({ name: 'mine' });
  expect(named('group:mine')).toEqual({ group: 'group', name: 'mine' });
  expect(named(id)).toEqual({ group: 'g', name: 'n', id });
  expect(() => named('a:b:c')).toThrow(
    '--azure-network-security-group takes NAME, GROUP:NAME or the id of one, not "a:b:c"',
  );
});

test('an image is a family, one of the marketplace, or an id', () => {
  const image = (given: string) => of({ 'azure-image': given }).image;
  expect(image('ubuntu-24.04')).toEqual({ kind: 'family', name: 'ubuntu-24.04' });
  const marketplace = { kind: 'marketplace', publisher: 'a', offer: 'b', sku: 'c' };
  expect(image('a:b:c')).toEqual(marketplace);
  expect(image('a:b:c:latest')).toEqual(marketplace);
  expect(image('a:b:c:1.2.3')).toEqual({ ...marketplace, version: '1.2.3' });
  const id = '/communityGalleries/g/images/i';
  expect(image(id)).toEqual({ kind: 'id', id });
});

test('a spot machine costs up to the ordinary price where nothing is said', () => {
  expect(of({ 'azure-spot': true }).spot).toEqual({ maxPrice: -1 });
  expect(of({ 'azure-spot': true, 'azure-spot-max-price': '0.00831' }).spot).toEqual({ maxPrice: 0.00831 });
});

test('tags are pairs, and a value may have any sign', () => {
  expect(of({ 'azure-tag': ['team=core', 'url=a=b'] }).tags).toEqual({ team: 'core', url: 'a=b' });
});

test('every flag of Docker Machine is there, with its variable', () => {
  const old = {
    environment: 'ENVIRONMENT',
    'subscription-id': 'SUBSCRIPTION_ID',
    'resource-group': 'RESOURCE_GROUP',
    'ssh-user': 'SSH_USER',
    'docker-port': 'DOCKER_PORT',
    location: 'LOCATION',
    size: 'SIZE',
    image: 'IMAGE',
    vnet: 'VNET',
    subnet: 'SUBNET',
    'subnet-prefix': 'SUBNET_PREFIX',
    'availability-set': 'AVAILABILITY_SET',
    'custom-data': 'CUSTOM_DATA_FILE',
    'private-ip-address': 'PRIVATE_IP_ADDRESS',
    'storage-type': 'STORAGE_TYPE',
    'use-private-ip': 'USE_PRIVATE_IP',
    'no-public-ip': 'NO_PUBLIC_IP',
    'static-public-ip': 'STATIC_PUBLIC_IP',
    dns: 'DNS_LABEL',
    'open-port': 'OPEN_PORT',
    'client-id': 'CLIENT_ID',
    'client-secret': 'CLIENT_SECRET',
  };
  for (const [flag, env] of Object.entries(old)) {
    expect(azure.flags[`azure-${flag}`]?.env).toBe(`AZURE_${env}`);
  }
});
