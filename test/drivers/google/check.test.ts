import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { newSite } from '../site.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

async function check(values: object): Promise<unknown> {
  const { site, remove } = await newSite();
  const result = await google
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((error: unknown) => error);
  await remove();
  return result;
}

test.each([
  [{ 'google-zone': 'us-central1-z' }, /no zone "us-central1-z"/, /us-central1-[abc]/],
  [{ 'google-project': 'another' }, /no project "another"/, /gcloud projects list/],
  [{ 'google-machine-type': 'e2-smal' }, /no machine type "e2-smal"/, /^There are: e2-small/],
  [{ 'google-machine-image': 'ubuntu-os-cloud/ubuntu-2404-lts' }, /no image/, /ubuntu-2404-lts-amd64/],
  [{ 'google-machine-image': 'slipway-test/global/images/golden-2' }, /no image/, /golden-1/],
  [{ 'google-machine-image': 'nobody/nothing' }, /no image "nobody\/nothing"/, undefined],
  [{ 'google-machine-image': 'ubuntu-os-cloud/ubuntu-2404-lts-arm64' }, /is for ARM64/, /-amd64/],
  [{ 'google-machine-image': 'slipway-test/golden' }, /needs a disk of 50 GB/, /--google-disk-size 50/],
  [{ 'google-network': 'prod' }, /no network "prod"/, /--google-network own/],
  [{ 'google-subnetwork': 'defaults' }, /no subnetwork "defaults"/, /default/],
  [{ 'google-subnetwork': 'default', 'google-ipv6': true }, /no external IPv6/, /subnets update default/],
  [{ 'google-address': 'front' }, /no static address "front"/, /addresses list/],
  [{ 'google-address': '192.0.2.1' }, /no static address "192.0.2.1"/, /addresses list/],
])('%j gets a sentence', async (values, sentence, hint) => {
  const error = await check(values);
  expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(sentence) });
  if (hint) expect(error).toMatchObject({ hint: expect.stringMatching(hint) });
});

test('a network without subnetworks of its own making wants one named', async () => {
  const { root } = cloud().world;
  const subnetworks = [`${root}projects/slipway-test/regions/us-central1/subnetworks/inner`];
  cloud().give('projects/slipway-test/global/networks/custom', 'network', {
    autoCreateSubnetworks: false,
    subnetworks,
  });
  expect(await check({ 'google-network': 'custom' })).toMatchObject({ hint: expect.stringMatching(/inner/) });
});

test('an address that is in use is refused', async () => {
  const path = 'projects/slipway-test/regions/us-central1/addresses/busy';
  cloud().give(path, 'address', { address: '127.9.9.8', status: 'IN_USE', addressType: 'EXTERNAL', users: [] });
  expect(await check({ 'google-address': 'busy' })).toMatchObject({ code: 'bad-input' });
});

test.each([
  ['INSTANCES', {}],
  ['CPUS', {}],
  ['N2_CPUS', { 'google-machine-type': 'n2-standard-2' }],
  ['IN_USE_ADDRESSES', {}],
  ['STATIC_ADDRESSES', { 'google-static-address': true }],
  ['SSD_TOTAL_GB', {}],
  ['DISKS_TOTAL_GB', { 'google-disk-type': 'pd-standard' }],
  ['PREEMPTIBLE_CPUS', { 'google-spot': true }],
])('the quota %s is looked at before anything is made', async (metric, values) => {
  const before = cloud().quotas[metric] ?? 0;
  cloud().quotas[metric] = metric === 'PREEMPTIBLE_CPUS' ? 1 : 0;
  expect(await check(values)).toMatchObject({ code: 'quota', message: expect.stringContaining(`"${metric}"`) });
  cloud().quotas[metric] = before;
  expect(await check(values)).toBeUndefined();
});

test('check changes nothing', async () => {
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('a plan says what each part will be', async () => {
  const { site, remove } = await newSite();
  const values = { ...SMALL, 'google-network': 'own', 'google-static-address': true, 'google-spot': true };
  const ingress = { ...site.ingress, open: [{ port: 53, protocol: 'udp' as const }] };
  const plan = await google.driver(values, { ...site, ingress }).plan?.();
  expect(plan).toEqual({
    parts: [
      { kind: 'network', what: 'a network in slipway-test, shared by the machines of this store' },
      { kind: 'guard', what: 'refuses what no rule of yours allows; shared by the machines of this store' },
      { kind: 'firewall', what: 'ports 22 and 2376 from 192.0.2.7/32' },
      { kind: 'firewall-open', what: '53/udp from everywhere' },
      { kind: 'address', what: 'a static external address in us-central1' },
      {
        kind: 'instance',
        what:
          'spot e2-micro (2 processors, 1024 MB) in us-central1-a, ' +
          'ubuntu-2404-noble-amd64-v20261104, 10 GB pd-balanced',
      },
    ],
    price: expect.stringMatching(/^not known: /),
  });
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
  await remove();
});
