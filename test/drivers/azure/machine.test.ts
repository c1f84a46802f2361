import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import type { FlagValues } from '../../../src/flags.ts';
import { azureHere, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere();
let machine: TestMachine | undefined;

afterEach(async () => {
  await machine?.destroy();
  machine = undefined;
  expect(await cloud.left()).toEqual([]);
});

async function made(more: FlagValues = {}, about: Parameters<typeof newMachine>[2] = {}): Promise<TestMachine> {
  machine = await newMachine(cloud, more, about);
  await machine.make();
  return machine;
}

const bodyOf = ({ made }: TestMachine, kind = 'instance') => cloud.body(made[kind] ?? '');

test('a machine is Debian 12 in its newest version, with trusted launch, a key and no password', async () => {
  const one = await made();
  expect(bodyOf(one)).toMatchObject({
    location: 'westeurope',
    properties: {
      hardwareProfile: { vmSize: 'Standard_B2ls_v2' },
      storageProfile: {
        imageReference: { publisher: 'Debian', offer: 'debian-12', sku: '12-gen2', version: '0.20261101.10' },
        osDisk: {
          createOption: 'FromImage',
          deleteOption: 'Delete',
          managedDisk: { storageAccountType: 'StandardSSD_LRS' },
        },
      },
      osProfile: {
        adminUsername: 'slipway',
        customData: Buffer.from('#cloud-config\n{}\n').toString('base64'),
        linuxConfiguration: { disablePasswordAuthentication: true },
      },
      securityProfile: { securityType: 'TrustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
    },
  });
});

test('an arm64 size gets the image of its architecture', async () => {
  const one = await made({ 'azure-size': 'Standard_D2ps_v6', 'azure-image': 'ubuntu-24.04' });
  const reference = {
    publisher: 'Canonical',
    offer: 'ubuntu-24_04-lts',
    sku: 'server-arm64',
    version: '0.20261101.10',
  };
  expect(bodyOf(one)?.properties?.storageProfile).toMatchObject({ imageReference: reference });
  expect(bodyOf(one)?.properties?.securityProfile).toBeUndefined();
});

test('a size of the first generation gets an image for it', async () => {
  const one = await made({ 'azure-size': 'Standard_A1_v2' });
  expect(bodyOf(one)?.properties?.storageProfile).toMatchObject({ imageReference: { sku: '12' } });
});

test('a spot machine names its price, and is switched off when it is taken away', async () => {
  const one = await made({ 'azure-spot': true, 'azure-spot-max-price': '0.02' });
  expect(bodyOf(one)?.properties).toMatchObject({
    priority: 'Spot',
    evictionPolicy: 'Deallocate',
    billingProfile: { maxPrice: 0.02 },
  });
});

test('zone, disk, encryption, metadata security and tags are as asked', async () => {
  const one = await made({
    'azure-zone': '2',
    'azure-disk-size': 64,
    'azure-storage-type': 'Premium_LRS',
    'azure-encryption-at-host': true,
    'azure-security-type': 'Standard',
    'azure-metadata-security': 'enforce',
    'azure-tag': ['team=core'],
  });
  expect(bodyOf(one)).toMatchObject({
    zones: ['2'],
    tags: { team: 'core', 'slipway-store': '0123abcd' },
    properties: {
      storageProfile: { osDisk: { diskSizeGB: 64, managedDisk: { storageAccountType: 'Premium_LRS' } } },
      securityProfile: {
        encryptionAtHost: true,
        proxyAgentSettings: { enabled: true, imds: { mode: 'Enforce' }, wireServer: { mode: 'Enforce' } },
      },
    },
  });
  expect(bodyOf(one)?.properties?.securityProfile).not.toHaveProperty('securityType');
});

test('the plan of an image that somebody sells is named', async () => {
  const one = await made({ 'azure-image': 'seller:hardened:debian' });
  expect(bodyOf(one)?.plan).toEqual({ publisher: 'seller', name: 'debian', product: 'hardened' });
});

test('a long document for the first boot is compressed', async () => {
  const userData = `#cloud-config\n# ${'x'.repeat(80_000)}\n{}\n`;
  const one = await made({}, { userData });
  const { osProfile } = bodyOf(one)?.properties ?? {};
  const { customData } = osProfile as { customData: string };
  expect(gunzipSync(Buffer.from(customData, 'base64')).toString()).toBe(userData);
});

test('the user is the one that was asked for', async () => {
  const one = await made({ 'azure-ssh-user': 'docker-user', 'azure-docker-port': 2377 });
  expect(one.driver().user).toBe('docker-user');
  expect(await one.driver().endpoint(one.made)).toMatchObject({
    sshUser: 'docker-user',
    sshPort: 22,
    enginePort: 2377,
  });
});

test('a machine with IPv6 has two addresses, and a network for both', async () => {
  const one = await made({ 'azure-ipv6': true });
  expect(Object.keys(one.made)).toContain('ipv6-address');
  expect(bodyOf(one, 'ipv6-address')?.properties?.publicIPAddressVersion).toBe('IPv6');
  expect(bodyOf(one, 'interface')?.properties?.ipConfigurations).toHaveLength(2);
});

test('a DNS label is the address', async () => {
  const one = await made({ 'azure-dns': 'build-7' });
  expect((await one.driver().endpoint(one.made))?.host).toBe('build-7.westeurope.cloudapp.azure.com');
});

test('a private machine has no public address, and is reached at its own', async () => {
  const one = await made({ 'azure-no-public-ip': true, 'azure-private-ip-address': '192.168.7.7' });
  expect(Object.keys(one.made)).not.toContain('address');
  expect((await one.driver().endpoint(one.made))?.host).toBe('192.168.7.7');
});

test('a machine with both may be reached at its private address', async () => {
  const one = await made({ 'azure-use-private-ip': true });
  const inPublic = await newMachine(cloud);
  await inPublic.place.remove();
  const [own, other] = await Promise.all([one.driver().endpoint(one.made), inPublic.driver().endpoint(one.made)]);
  expect(own?.host).not.toBe(other?.host);
});

test('an address that changed is followed', async () => {
  const one = await made();
  const before = await one.driver().endpoint(one.made);
  cloud.readdress();
  const after = await one.driver().endpoint(one.made);
  expect(after).toMatchObject({ ...before, host: expect.any(String) });
  expect(after?.host).not.toBe(before?.host);
});

test('it is restarted, and its console can be read', async () => {
  const one = await made();
  await one.driver().power?.restart?.(one.made);
  expect(await one.driver().power?.state(one.made)).toBe('Running');
  expect(await one.driver().console?.(one.made)).toContain(one.place.site.machine);
});
