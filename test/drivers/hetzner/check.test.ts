import { expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await hetzner
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

test.each<[string, FlagValues, string, RegExp]>([
  ['a type that there is not', { 'hetzner-server-type': 'cx24' }, 'bad-input', /cx23/],
  ['a location that there is not', { 'hetzner-server-location': 'fsn2' }, 'bad-input', /fsn1/],
  ['a type that is not there', { 'hetzner-server-type': 'cpx11' }, 'no-capacity', /location ash/],
  ['a type that is no more', { 'hetzner-server-type': 'cx11' }, 'no-capacity', /not offered anywhere/],
  ['an image that there is not', { 'hetzner-image': 'debian-21' }, 'bad-input', /debian-12/],
  ['an id of no image', { 'hetzner-image-id': '7' }, 'bad-input', /hcloud image list/],
  ['an image for another processor', { 'hetzner-image-arch': 'arm' }, 'bad-input', /another/],
  ['an image larger than the disk', { 'hetzner-image-id': '500' }, 'bad-input', /larger type/],
  ['a key that there is not', { 'hetzner-existing-key-id': 'me' }, 'bad-input', /hcloud ssh-key list/],
  ['a network that there is not', { 'hetzner-networks': ['prod'] }, 'bad-input', /hcloud network list/],
  ['a volume that there is not', { 'hetzner-volumes': ['1'] }, 'bad-input', /hcloud volume list/],
  ['an address that there is not', { 'hetzner-primary-ipv4': '192.0.2.1' }, 'bad-input', /hcloud primary-ip list/],
])('%s is told before anything is made', async (_, values, code, hint) => {
  expect(await check(values)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('an address of another family or place is told', async () => {
  const v6 = cloud().givePrimary('six', 'ipv6', 'fsn1');
  const there = cloud().givePrimary('there', 'ipv4', 'hel1');
  expect(await check({ 'hetzner-primary-ipv4': 'six' })).toMatchObject({ code: 'bad-input' });
  expect(await check({ 'hetzner-primary-ipv4': 'there' })).toMatchObject({ code: 'no-capacity' });
  for (const thing of [v6, there]) cloud().world.drop('primary_ips', thing);
});

test('a plan says what each part will be, and what it costs', async () => {
  const { site, remove } = await newKeyedSite();
  const values = { ...SMALL, 'hetzner-networks': ['own'], 'hetzner-auto-spread': true };
  const ingress = { ...site.ingress, open: [{ port: 53, protocol: 'udp' as const }] };
  expect(await hetzner.driver(values, { ...site, ingress }).plan?.()).toEqual({
    parts: [
      { kind: 'key', what: "the machine's SSH key" },
      { kind: 'network', what: 'a private network in fsn1, shared by the machines of this store' },
      { kind: 'placement-group', what: 'spread over hosts, shared by the machines of this store' },
      { kind: 'firewall', what: 'ports 22 and 2376 from 192.0.2.7/32; 53/udp from everywhere' },
      { kind: 'server', what: 'cx23 (2 processors, 4 GB, 40 GB of disk) in fsn1, debian-12' },
    ],
    price: '0.0056 EUR an hour, without VAT, its IPv4 address, and traffic beyond what is included',
  });
  await remove();
});

test('types come before locations', () => {
  const values = { 'hetzner-server-type': 'cx23,cpx22', 'hetzner-server-location': 'fsn1, nbg1' };
  const each = hetzner.candidates?.(values) ?? [];
  expect(each.map((one) => `${one['hetzner-server-type']} ${one['hetzner-server-location']}`)).toEqual([
    'cx23 fsn1',
    'cx23 nbg1',
    'cpx22 fsn1',
    'cpx22 nbg1',
  ]);
});
