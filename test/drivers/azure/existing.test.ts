import { beforeAll, expect, test } from '@jest/globals';
import type { FlagValues } from '../../../src/flags.ts';
import { azureHere, newMachine } from './here.ts';

const cloud = await azureHere();
const location = 'westeurope';

/** What the user has already, by the flag that names it. */
const theirs: Record<string, string> = {};

beforeAll(() => {
  cloud.seed('resourceGroups/mine', { location });
  const seed = (flag: string, type: string, body: object) => {
    theirs[flag] = cloud.seed(`resourceGroups/mine/providers/${type}/theirs`, { location, ...body });
  };
  seed('azure-vnet', 'Microsoft.Network/virtualNetworks', {
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'default', properties: { addressPrefix: '10.0.1.0/24' } }],
    },
  });
  seed('azure-network-security-group', 'Microsoft.Network/networkSecurityGroups', {
    properties: { securityRules: [] },
  });
  seed('azure-public-ip', 'Microsoft.Network/publicIPAddresses', {
    sku: { name: 'Standard' },
    properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' },
  });
  seed('azure-identity', 'Microsoft.ManagedIdentity/userAssignedIdentities', {});
  seed('azure-availability-set', 'Microsoft.Compute/availabilitySets', { sku: { name: 'Aligned' } });
  seed('azure-disk-encryption-set', 'Microsoft.Compute/diskEncryptionSets', {});
});

test('what the user named is used, and neither changed nor deleted', async () => {
  const names = Object.fromEntries(Object.keys(theirs).map((flag) => [flag, 'theirs']));
  const key = { 'azure-ssh-key': '/home/ada/key' };
  const machine = await newMachine(cloud, { ...names, ...key, 'azure-resource-group': 'mine' });
  const before = JSON.stringify(Object.values(theirs).map((id) => cloud.body(id)));
  await machine.driver().check?.();
  expect(machine.driver().parts.map(({ kind }) => kind)).toEqual(['interface', 'instance']);
  await machine.make();
  expect(cloud.body(machine.made.interface ?? '')?.properties).toMatchObject({
    networkSecurityGroup: { id: theirs['azure-network-security-group'] },
    ipConfigurations: [
      {
        properties: {
          subnet: { id: `${theirs['azure-vnet']}/subnets/default` },
          publicIPAddress: { id: theirs['azure-public-ip'] },
        },
      },
    ],
  });
  expect(cloud.body(machine.made.instance ?? '')).toMatchObject({
    identity: { type: 'UserAssigned', userAssignedIdentities: { [theirs['azure-identity'] ?? '']: {} } },
    properties: {
      availabilitySet: { id: theirs['azure-availability-set'] },
      storageProfile: { osDisk: { managedDisk: { diskEncryptionSet: { id: theirs['azure-disk-encryption-set'] } } } },
    },
  });
  expect(machine.driver().key).toBe('/home/ada/key');
  expect(await machine.driver().endpoint(machine.made)).toMatchObject({ identity: { file: '/home/ada/key' } });
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
  expect(JSON.stringify(Object.values(theirs).map((id) => cloud.body(id)))).toBe(before);
  expect(cloud.calls.filter(({ reads, url }) => !reads && url.includes('/theirs?'))).toEqual([]);
});

test('what is in another group is named with that, or by its id', async () => {
  const { driver, place } = await newMachine(cloud, {
    'azure-vnet': 'mine:theirs',
    'azure-network-security-group': theirs['azure-network-security-group'],
  });
  expect(driver().parts.map(({ kind }) => kind)).toEqual(['resource-group', 'address', 'interface', 'instance']);
  expect(driver().admit).toBeUndefined();
  await driver().check?.();
  await place.remove();
});

const MISSING: Readonly<Record<string, [FlagValues, string, string]>> = {
  'a resource group': [
    { 'azure-resource-group': 'nobody' },
    'There is no resource group "nobody"',
    'Make it: az group create --name nobody --location westeurope. Or leave --azure-resource-group away.',
  ],
  'a network': [
    { 'azure-vnet': 'mine:none' },
    'There is no network "none" in the resource group "mine"',
    'Where it is in another group, say GROUP:NAME.',
  ],
  'a subnet': [
    { 'azure-vnet': 'mine:theirs', 'azure-subnet': 'defaults' },
    'The network "theirs" has no subnet "defaults"',
    'There is default. Say --azure-subnet NAME',
  ],
  'a network of another location': [
    { 'azure-vnet': 'mine:theirs', 'azure-location': 'eastus2' },
    'The network "theirs" is in "westeurope", and the machine in "eastus2"',
    'Say --azure-location westeurope',
  ],
  'a network security group': [
    { 'azure-network-security-group': 'mine:none' },
    'There is no network security group "none" in the resource group "mine"',
    'Where it is in another group, say GROUP:NAME.',
  ],
  'a public address': [
    { 'azure-public-ip': 'mine:none' },
    'There is no public address "none" in the resource group "mine"',
    'Where it is in another group, say GROUP:NAME.',
  ],
  'an identity': [
    { 'azure-identity': 'mine:none' },
    'There is no managed identity "none" in the resource group "mine"',
    'Where it is in another group, say GROUP:NAME.',
  ],
  'a disk encryption set': [
    { 'azure-disk-encryption-set': 'mine:none' },
    'There is no disk encryption set "none" in the resource group "mine"',
    'Where it is in another group, say GROUP:NAME.',
  ],
};

test.each(Object.entries(MISSING))(
  '%s that is not there is found out before anything is made',
  async (_, [flags, message, hint]) => {
    const { driver, place } = await newMachine(cloud, flags);
    await expect(driver().check?.()).rejects.toMatchObject({ code: 'bad-input', message, hint });
    await place.remove();
  },
);
