import { afterEach, expect, test } from '@jest/globals';
import { sentenceOf } from '../../../src/errors.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { azureHere, newMachine } from './here.ts';

const cloud = await azureHere();
const quotas = { ...cloud.quotas };

afterEach(() => {
  Object.assign(cloud.quotas, quotas);
});

async function checked(flags: FlagValues, userData?: string): Promise<unknown> {
  const { driver, place } = await newMachine(cloud, flags, userData === undefined ? {} : { userData });
  const error = await driver()
    .check?.()
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  await place.remove();
  expect(cloud.calls.filter(({ reads }) => !reads)).toEqual([]);
  return error;
}

const WRONG: readonly (readonly [string, FlagValues, string, string, string])[] = [
  [
    'a size with a slip',
    { 'azure-size': 'Standard_D2s_v4' },
    'bad-input',
    'There is no size "Standard_D2s_v4" in "westeurope"',
    'There are Standard_D2s_v5, Standard_D2ps_v6, Standard_D4s_v5, Standard_F2s_v2, Standard_B2ls_v2, …',
  ],
  [
    'no location',
    { 'azure-location': 'westeurop' },
    'bad-input',
    'There is no location "westeurop"',
    'There are westeurope, westus, eastus2.',
  ],
  [
    'a zone too many',
    { 'azure-zone': '4' },
    'bad-input',
    '"Standard_B2ls_v2" in "westeurope" has no zone 4',
    'It has 1, 2, 3.',
  ],
  [
    'a zone where there are none',
    { 'azure-zone': '1', 'azure-location': 'westus' },
    'bad-input',
    '"Standard_B2ls_v2" in "westus" has no zone 1',
    'Leave --azure-zone away.',
  ],
  [
    'an image with a slip',
    { 'azure-image': 'Debian:debian-12:12-gen1' },
    'bad-input',
    'There is no image "Debian:debian-12:12-gen1:latest" in "westeurope"',
    'There are Debian:debian-12:12-gen2, Debian:debian-12:12, Debian:debian-12:12-arm64.',
  ],
  [
    'an offer with a slip',
    { 'azure-image': 'Canonical:ubuntu:server' },
    'bad-input',
    'There is no image "Canonical:ubuntu:server:latest" in "westeurope"',
    'There is Canonical:ubuntu-24_04-lts.',
  ],
  [
    'a version of long ago',
    { 'azure-image': 'Debian:debian-12:12-gen2:0.2023' },
    'bad-input',
    'There is no image "Debian:debian-12:12-gen2:0.2023" in "westeurope"',
    'There are Debian:debian-12:12-gen2, Debian:debian-12:12, Debian:debian-12:12-arm64.',
  ],
  [
    'an image of another architecture',
    { 'azure-image': 'Debian:debian-12:12-arm64' },
    'bad-input',
    'The image "Debian:debian-12:12-arm64:0.20261101.10" is for Arm64, and "Standard_B2ls_v2" is x64',
    'Say --azure-image debian-12 or another family: then the image follows the size.',
  ],
  [
    'an image of another generation',
    { 'azure-size': 'Standard_A1_v2', 'azure-image': 'Debian:debian-12:12-gen2' },
    'bad-input',
    'The image "Debian:debian-12:12-gen2:0.20261101.10" is for hardware of generation V2',
    '"Standard_A1_v2" has V1: name another image or size.',
  ],
  [
    'a disk that the size does not take',
    { 'azure-size': 'Standard_A1_v2', 'azure-storage-type': 'Premium_LRS' },
    'bad-input',
    '"Standard_A1_v2" in "westeurope" takes no disk of the type Premium_LRS',
    'Say --azure-storage-type StandardSSD_LRS',
  ],
  [
    'spot where there is none',
    { 'azure-size': 'Standard_A1_v2', 'azure-spot': true },
    'bad-input',
    '"Standard_A1_v2" in "westeurope" cannot be a spot machine',
    'Name another size.',
  ],
  [
    'encryption that the size has not',
    { 'azure-size': 'Standard_A1_v2', 'azure-encryption-at-host': true },
    'bad-input',
    '"Standard_A1_v2" in "westeurope" has no encryption at host',
    'Name another size.',
  ],
  [
    'trusted launch that the size has not',
    { 'azure-size': 'Standard_D2ps_v6', 'azure-security-type': 'TrustedLaunch' },
    'bad-input',
    '"Standard_D2ps_v6" with the image "Debian:debian-12:12-arm64:0.20261101.10" has no trusted launch',
    'Leave --azure-security-type away, or name another size or image.',
  ],
  [
    'a size that is closed to the subscription',
    { 'azure-size': 'Standard_NC4as_T4_v3' },
    'no-capacity',
    'Azure has no "Standard_NC4as_T4_v3" for this subscription in "westeurope"',
    'Name more sizes, zones or locations; or ask Azure to open the size to the subscription.',
  ],
  [
    'a size that is closed in one zone',
    { 'azure-size': 'Standard_F2s_v2', 'azure-zone': '2' },
    'no-capacity',
    'Azure has no "Standard_F2s_v2" for this subscription in zone 2 of "westeurope"',
    'Name more sizes, zones or locations; or ask Azure to open the size to the subscription.',
  ],
];

test.each(WRONG)('%s is found out before anything is made', async (_, flags, code, message, hint) => {
  expect(await checked(flags)).toMatchObject({ code, message, hint });
});

test('a size that is closed in one zone can be had in others', async () => {
  expect(await checked({ 'azure-size': 'Standard_F2s_v2', 'azure-zone': '1' })).toBeUndefined();
  expect(await checked({ 'azure-size': 'Standard_F2s_v2' })).toBeUndefined();
});

test.each([
  ['cores', 'Total Regional vCPUs', {}],
  ['family', 'standardBsv2Family vCPUs', {}],
  ['spotCores', 'Total Regional Low-priority vCPUs', { 'azure-spot': true }],
])('a quota of %s that is used up is named', async (quota, title, flags) => {
  Object.assign(cloud.quotas, { [quota]: 1 });
  expect(await checked(flags)).toMatchObject({
    code: 'quota',
    message: `The quota "${title}" in "westeurope" is used up: 0 of 1 are used, and the machine takes 2`,
    hint: expect.stringContaining('https://portal.azure.com/'),
  });
});

test('a document that is too long even when it is compressed is refused', async () => {
  const noise = Buffer.from(Array.from({ length: 120_000 }, (_, index) => (index * index * 7919) % 251)).toString(
    'base64',
  );
  const error = await checked({}, `#cloud-config\n# ${[...noise].sort(() => Math.random() - 0.5).join('')}\n`);
  expect(error).toMatchObject({ code: 'bad-input' });
  expect(sentenceOf(error)).toMatch(/^Azure takes 65535 bytes for the first boot, and these are \d{6}$/);
});

test('the plan says what would be made, and what it costs', async () => {
  const { driver, place } = await newMachine(cloud, { 'azure-zone': '1', 'azure-disk-size': 64 });
  const plan = await driver().plan?.();
  await place.remove();
  expect(plan?.price).toBe('0.0416 USD an hour, without disk, address and traffic');
  expect(plan?.parts).toEqual([
    {
      kind: 'resource-group',
      what: expect.stringMatching(/^"slipway-0123abcd-westeurope-\w{8}-group", for all machines in westeurope$/),
    },
    { kind: 'network', what: '192.168.0.0/16 in westeurope, for all machines there' },
    { kind: 'security-group', what: '22 from 192.0.2.7/32; 2376 from 192.0.2.7/32' },
    { kind: 'address', what: 'public, IPv4, standard' },
    { kind: 'interface', what: 'in that network' },
    {
      kind: 'instance',
      what: 'Standard_B2ls_v2 (2 cores, 4 GiB, x64) in zone 1 of westeurope, Debian:debian-12:12-gen2:0.20261101.10, 64 GiB of StandardSSD_LRS, trusted launch',
    },
  ]);
  expect(plan?.parts.map(({ kind }) => kind)).toEqual(driver().parts.map(({ kind }) => kind));
  expect(cloud.calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('a spot machine has a price of its own', async () => {
  const { driver, place } = await newMachine(cloud, { 'azure-spot': true });
  expect((await driver().plan?.())?.price).toBe('0.0083 USD an hour, without disk, address and traffic');
  await place.remove();
});

test('where prices cannot be read, the plan goes without', async () => {
  const url = process.env.SLIPWAY_AZURE_PRICES_URL;
  process.env.SLIPWAY_AZURE_PRICES_URL = `${cloud.url}/nothing`;
  const { driver, place } = await newMachine(cloud);
  expect((await driver().plan?.())?.price).toBeUndefined();
  process.env.SLIPWAY_AZURE_PRICES_URL = url;
  expect(place.notes).toEqual([
    expect.stringMatching(/^Azure's list of prices cannot be read: 127.0.0.1:\d+ answered 401$/),
  ]);
  await place.remove();
});
