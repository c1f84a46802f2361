import { expect, test } from '@jest/globals';
import softlayer from '../../../src/drivers/softlayer/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await softlayer
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

test.each<[string, FlagValues, RegExp]>([
  ['a data centre that there is not', { 'softlayer-region': 'dal01' }, /dal13/],
  ['a number of processors that there is not', { 'softlayer-cpu': 7 }, /4/],
  ['a memory that there is not', { 'softlayer-memory': 1500 }, /1024/],
  ['a speed that there is not', { 'softlayer-network-max-speed': 42 }, /100/],
  ['a system that there is not', { 'softlayer-image': 'DEBIAN_1_64' }, /DEBIAN_7_64/],
  ['a VLAN that there is not', { 'softlayer-private-vlan-id': 7 }, /slcli vlan list/],
  ['a key that there is not', { 'softlayer-ssh-key': 'mine' }, /slcli security sshkey-list/],
])('%s is told before anything is made', async (_, values, hint) => {
  expect(await check(values)).toMatchObject({ code: 'bad-input', hint: expect.stringMatching(hint) });
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('images of one’s own, and the newest of a system, need not stand in the list', async () => {
  expect(await check({ 'softlayer-image': 'DEBIAN_LATEST_64' })).toBeUndefined();
  expect(await check({ 'softlayer-image': '0B5DEAF4-643D-46CA-A695-CECBE8832C9D' })).toBeUndefined();
});

test('a plan says what each part will be, and what it costs', async () => {
  const { site, remove } = await newKeyedSite();
  const parts = [
    { kind: 'key', what: "the machine's SSH key" },
    { kind: 'security-group', what: 'ports 22 and 2376 from 192.0.2.7/32' },
    { kind: 'guest', what: '1 processors, 1024 MB in dal13, UBUNTU_LATEST' },
  ];
  expect(await softlayer.driver(SMALL, site).plan?.()).toEqual({
    parts,
    price: '0.1 USD an hour, without its disk, taxes and traffic',
  });
  expect(await softlayer.driver({ ...SMALL, 'softlayer-monthly-billing': true }, site).plan?.()).toEqual({
    parts,
    price: '50 USD a month, without its disk, taxes and traffic',
  });
  await remove();
});

test('each data centre is a candidate', () => {
  const words = softlayer.candidates?.({ 'softlayer-region': 'dal13, wdc07' });
  expect(words?.map((each) => each['softlayer-region'])).toEqual(['dal13', 'wdc07']);
});

test('the account is told by its number', async () => {
  const { site, remove } = await newKeyedSite();
  expect(await softlayer.driver(SMALL, site).account?.()).toBe(String(cloud().world.account));
  await remove();
});

test('credentials are sent to nobody without TLS', async () => {
  expect(await check({ 'softlayer-api-endpoint': 'http://api.example.org/rest' })).toMatchObject({ code: 'unsafe' });
});
