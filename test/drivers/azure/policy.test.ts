import { expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { jsonBlocks } from '../policy.ts';
import { azureHere, good, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere();

/** The roles in the page: what is always needed, and what is needed for things that the user names. */
const [always = [], forNamed = []] = jsonBlocks('azure').map((role) => (role as { Actions: string[] }).Actions);

/** Whatever a command does with machines. */
async function live(machine: TestMachine, during: () => Promise<void> = async () => undefined): Promise<void> {
  const { made } = machine;
  await machine.driver().check?.();
  await machine.driver().plan?.();
  await machine.make();
  for (const part of machine.driver().parts) await part.find(machine.keyOf(part));
  await azure.fleet?.states(good(cloud), [made]);
  await azure.fleet?.survey(good(cloud));
  await machine.driver().admit?.(made);
  await machine.driver().console?.(made);
  await machine.driver().relabel?.(made);
  const { power } = machine.driver();
  await power?.stop(made);
  await power?.start(made);
  await power?.restart?.(made);
  await power?.kill?.(made);
  expect(await power?.state(made)).toBe('Stopped');
  await during();
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
}

async function mistaken(values: FlagValues): Promise<void> {
  const { driver, place } = await newMachine(cloud, values);
  await expect(driver().check?.()).rejects.toMatchObject({ code: 'bad-input' });
  await place.remove();
}

/** Set by somebody to be kept when its machine is deleted. */
async function keepDisk({ made }: TestMachine): Promise<void> {
  const id = (made.instance ?? '').replace('virtualMachines', 'disks');
  const disk = cloud.body(id);
  cloud.seed(id, { ...disk, properties: { ...disk?.properties, deleteOption: 'Detach' } });
}

test('the role in the page is what the driver needs, and no more', async () => {
  const machine = await newMachine(cloud, { 'azure-ipv6': true }, { labels: { 'slipway-expires': '1795322999' } });
  await live(machine, () => keepDisk(machine));
  await mistaken({ 'azure-image': 'Debian:debian:12' });
  await mistaken({ 'azure-location': 'nowhere' });
  expect(always).toEqual(cloud.takeActions());
});

test('the second role is what naming things of your own takes beside it', async () => {
  const location = 'westeurope';
  const group = 'resourceGroups/mine';
  const seed = (type: string, body: object = {}) =>
    cloud.seed(`${group}/providers/${type}/theirs`, { location, ...body });
  cloud.seed(group, { location });
  seed('Microsoft.Network/virtualNetworks', {
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'default', properties: { addressPrefix: '10.0.1.0/24' } }],
    },
  });
  seed('Microsoft.Network/networkSecurityGroups', { properties: { securityRules: [] } });
  seed('Microsoft.Network/publicIPAddresses', {
    sku: { name: 'Standard' },
    properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' },
  });
  for (const type of [
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    'Microsoft.Compute/diskEncryptionSets',
    'Microsoft.Compute/availabilitySets',
  ]) {
    seed(type);
  }
  const flags = ['vnet', 'network-security-group', 'public-ip', 'identity', 'disk-encryption-set', 'availability-set'];
  const named = Object.fromEntries(flags.map((flag) => [`azure-${flag}`, 'theirs']));
  await live(await newMachine(cloud, { ...named, 'azure-resource-group': 'mine' }));
  const image = cloud.seed(`${group}/providers/Microsoft.Compute/images/theirs`, { location });
  const other = await newMachine(cloud, { 'azure-image': image });
  await other.driver().check?.();
  await other.place.remove();
  expect(forNamed).toEqual(cloud.takeActions().filter((action) => !always.includes(action)));
});
