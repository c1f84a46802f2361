import { expect, test } from '@jest/globals';
import ibm from '../../../src/drivers/ibm/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newKeyedSite } from '../machines.ts';
import { newSite } from '../site.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await ibm
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

test.each<[string, FlagValues, string, RegExp]>([
  ['a zone that there is not', { 'ibm-zone': 'us-south-4' }, 'bad-input', /us-south-1/],
  ['a profile that there is not', { 'ibm-profile': 'cx2-2x8' }, 'bad-input', /bx2-2x8/],
  ['an operating system that there is not', { 'ibm-image': 'debian-21-amd64' }, 'bad-input', /debian-12-amd64/],
  ['an image that there is not', { 'ibm-image': 'r006-00' }, 'bad-input', /ibmcloud is images/],
  ['an image for another processor', { 'ibm-profile': 'bz2-2x8' }, 'bad-input', /another image/],
  ['an image without cloud-init', { 'ibm-image': 'bare' }, 'bad-input', /another image/],
  ['a disk that is too small', { 'ibm-disk-size': 50 }, 'bad-input', /--ibm-disk-size 100/],
  ['a VPC that there is not', { 'ibm-vpc': 'prod' }, 'bad-input', /ibmcloud is subnets/],
  ['a subnet that there is not', { 'ibm-subnet': 'prod' }, 'bad-input', /ibmcloud is subnets/],
  ['a subnet of another zone', { 'ibm-subnet': 'main-us-south-2' }, 'no-capacity', /us-south-2/],
  ['a key that there is not', { 'ibm-ssh-key': 'mine' }, 'bad-input', /ibmcloud is keys/],
  [
    'a security group that there is not',
    { 'ibm-security-groups': ['web'] },
    'bad-input',
    /ibmcloud is security-groups/,
  ],
  ['an address that there is not', { 'ibm-floating-ip': '192.0.2.1' }, 'bad-input', /ibmcloud is floating-ips/],
])('%s is told before anything is made', async (_, values, code, hint) => {
  expect(await check(values)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('a subnet without an address left, and an address elsewhere or in use, are told', async () => {
  const [subnet] = cloud().world.all('subnets');
  Object.assign(subnet ?? {}, { available_ipv4_address_count: 0 });
  expect(await check({})).toMatchObject({ code: 'no-capacity', message: expect.stringContaining('no address left') });
  Object.assign(subnet ?? {}, { available_ipv4_address_count: 251 });
  const address = cloud().giveAddress('front', 'us-south-2');
  expect(await check({ 'ibm-floating-ip': 'front' })).toMatchObject({ code: 'no-capacity' });
  address.target = cloud().world.filled('FloatingIPTargetPublicGatewayReference', { id: 'r006-gateway' });
  expect(await check({ 'ibm-floating-ip': address.address })).toMatchObject({ code: 'bad-input' });
  cloud().world.drop('floating_ips', address);
});

test('of several VPCs one must be named', async () => {
  const vpc = cloud().giveVpc('prod', ['us-south-1']);
  expect(await check({})).toMatchObject({ code: 'bad-input', hint: 'Say which: --ibm-vpc main, or --ibm-vpc prod' });
  expect(await check({ 'ibm-vpc': 'prod' })).toBeUndefined();
  expect(await check({ 'ibm-vpc': vpc.id })).toBeUndefined();
  expect(await check({ 'ibm-vpc': 'prod', 'ibm-zone': 'us-south-2' })).toMatchObject({ code: 'no-capacity' });
  expect(await check({ 'ibm-subnet': 'main-us-south-1' })).toBeUndefined();
  const [subnet] = cloud()
    .world.all('subnets')
    .filter(({ name }) => name.startsWith('prod'));
  cloud().world.drop('subnets', subnet ?? {});
});

test('user data that is too long gets a sentence', async () => {
  const userData = `#cloud-config\n# ${'0123456789'.repeat(7000)}\n`;
  const place = await newSite({ bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' } });
  await expect(ibm.driver(SMALL, place.site).check?.()).rejects.toMatchObject({ code: 'bad-input' });
  await place.remove();
});

test('a plan says what each part will be; the image is the newest of its system', async () => {
  const { site, remove } = await newKeyedSite();
  expect(await ibm.driver({ ...SMALL, 'ibm-disk-size': 120 }, site).plan?.()).toEqual({
    parts: [
      { kind: 'key', what: "the machine's SSH key" },
      { kind: 'security-group', what: 'ports 22 and 2376 from 192.0.2.7/32' },
      {
        kind: 'instance',
        what: 'cx2-2x4 (2 processors, 4 GB, 120 GB of disk) in us-south-1, subnet main-us-south-1 of main, ibm-debian-12-12-minimal-amd64-3',
      },
      { kind: 'address', what: 'a floating address in us-south-1' },
    ],
  });
  await remove();
});

test('profiles come before zones, which are all of the region’s where nothing says which', () => {
  const words = (values: FlagValues) =>
    ibm.candidates?.(values).map((each) => `${each['ibm-region']} ${each['ibm-profile']} ${each['ibm-zone']}`);
  expect(words({ 'ibm-profile': 'cx2-2x4, bx2-2x8', 'ibm-region': 'eu-de' })).toEqual([
    'eu-de cx2-2x4 eu-de-1',
    'eu-de cx2-2x4 eu-de-2',
    'eu-de cx2-2x4 eu-de-3',
    'eu-de bx2-2x8 eu-de-1',
    'eu-de bx2-2x8 eu-de-2',
    'eu-de bx2-2x8 eu-de-3',
  ]);
  expect(words({ 'ibm-subnet': 'main' })).toEqual(['us-south cx2-2x4 undefined']);
});

test('the account is the token’s', async () => {
  const { site, remove } = await newKeyedSite();
  expect(await ibm.driver(SMALL, site).account?.()).toBe(cloud().world.account);
  await remove();
});
