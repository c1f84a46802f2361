import { expect, test } from '@jest/globals';
import openstack from '../../../src/drivers/openstack/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { createUntilSsh, newCloudUser } from '../../clouds/cli.ts';
import { newKeyedSite } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await openstack
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

const NOTHING = { 'openstack-flavor-name': '', 'openstack-image-name': '' };

test.each<[string, FlagValues, string, RegExp]>([
  ['a flavor that there is not', { 'openstack-flavor-name': 'm1.nan' }, 'bad-input', /m1\.nano/],
  ['an image that there is not', { 'openstack-image-name': 'blink' }, 'bad-input', /blank/],
  [
    'an id of no image',
    { ...NOTHING, 'openstack-flavor-name': 'm1.nano', 'openstack-image-id': '7' },
    'bad-input',
    /list/,
  ],
  ['an image larger than the disk', { 'openstack-image-name': 'large' }, 'bad-input', /larger flavor/],
  ['a zone that there is not', { 'openstack-availability-zone': 'nowa' }, 'bad-input', /nova/],
  ['a network that there is not', { 'openstack-net-name': 'privat' }, 'bad-input', /private/],
  ['a pool that there is not', { 'openstack-floatingip-pool': 'private' }, 'bad-input', /public/],
  ['a key pair that there is not', { 'openstack-keypair-name': 'me' }, 'bad-input', /keypair list/],
  ['a group that there is not', { 'openstack-sec-groups': 'web' }, 'bad-input', /default/],
  ['a server group that there is not', { 'openstack-server-group': 'apart' }, 'bad-input', /server group list/],
  [
    'a volume where there are none',
    { 'openstack-boot-from-volume': true, 'openstack-endpoint-type': 'adminURL' },
    'bad-input',
    /boot-from-volume away/,
  ],
  [
    'a type of volumes that there is not',
    { 'openstack-boot-from-volume': true, 'openstack-volume-type': 'fats' },
    'bad-input',
    /fast/,
  ],
  [
    'a volume smaller than the image',
    { 'openstack-boot-from-volume': true, 'openstack-volume-size': 3, 'openstack-image-name': 'large' },
    'bad-input',
    /volume-size/,
  ],
  ['a flavor without a disk', { 'openstack-flavor-name': 'm1.diskless' }, 'bad-input', /boot-from-volume.*volume-size/],
  [
    'a volume of no size',
    { 'openstack-flavor-name': 'm1.diskless', 'openstack-boot-from-volume': true },
    'bad-input',
    /volume-size/,
  ],
  [
    'a volume larger than the project may have',
    { 'openstack-boot-from-volume': true, 'openstack-volume-size': 5001 },
    'quota',
    /limits show/,
  ],
  ['a region that there is not', { 'openstack-region': 'RegionTwo' }, 'bad-input', /RegionOne/],
  ['more memory than the project may have', { 'openstack-flavor-name': 'm1.large' }, 'quota', /limits show/],
])('%s is told before anything is made', async (_, values, code, hint) => {
  const before = cloud().calls.length;
  expect(await check(values)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  const changes = cloud()
    .calls.slice(before)
    .filter(({ reads }) => !reads);
  expect(changes).toEqual([]);
});

test('a plan says what each part will be', async () => {
  const { site, remove } = await newKeyedSite();
  const ingress = { ...site.ingress, open: [{ port: 53, protocol: 'udp' as const }] };
  expect(await openstack.driver(SMALL, { ...site, ingress }).plan?.()).toEqual({
    parts: [
      { kind: 'keypair', what: "the machine's SSH key" },
      { kind: 'security-group', what: 'ports 22 and 2376 from 192.0.2.7/32; 53/udp from everywhere' },
      { kind: 'server', what: 'm1.nano (1 processors, 192 MB, 1 GB of disk), blank, on the network "private"' },
      { kind: 'address', what: 'a floating address from "public"' },
    ],
  });
  await remove();
});

test('a plan says what volume it will be', async () => {
  const { site, remove } = await newKeyedSite();
  const values = { ...SMALL, 'openstack-flavor-name': 'm1.diskless', 'openstack-boot-from-volume': true };
  const volume = { 'openstack-volume-size': 20, 'openstack-volume-type': 'fast' };
  const plan = await openstack.driver({ ...values, ...volume }, site).plan?.();
  expect(plan?.parts.slice(2, 4)).toEqual([
    { kind: 'volume', what: '20 GB of the type "fast", filled with blank' },
    {
      kind: 'server',
      what: 'm1.diskless (1 processors, 192 MB, its disk on the volume), blank, on the network "private"',
    },
  ]);
  await remove();
});

test('flavors and images may be named by their ids', async () => {
  const { flavors } = await cloud().client.ask('GET', 'compute', '/v2.1/flavors');
  const { images } = await cloud().client.ask('GET', 'image', '/v2/images?name=blank');
  const flavor = flavors.find(({ name }: { name: string }) => name === 'm1.small').id;
  const values = { ...NOTHING, 'openstack-flavor-id': flavor, 'openstack-image-id': images[0].id };
  expect(await check(values)).toBeUndefined();
});

test('the microversion is the newest that both sides know', async () => {
  const { driver, place } = await newMachine();
  const seen: string[] = [];
  cloud().intercept = ({ what }) => void seen.push(what);
  await driver().check?.();
  expect(seen.filter((what) => what === 'GET /v2.1/').length).toBe(2); // before it is carried out, and after
  await place.remove();
});

test('the states of many are one list, whatever their number; of those that it has not each is asked about', async () => {
  const machine = await newMachine({ 'openstack-floatingip-pool': '' });
  await machine.make();
  const before = cloud().calls.length;
  const states = await openstack.fleet?.states(SMALL, [machine.made, {}, { server: 'none' }, machine.made]);
  expect(states).toEqual(['Running', 'Gone', 'Gone', 'Running']);
  const asked = cloud()
    .calls.slice(before)
    .map(({ what }) => what);
  const list = ['POST /v3/auth/tokens', 'GET /v2.1/', 'GET /v2.1/servers/detail'];
  expect(asked).toEqual([...list, expect.stringMatching(/^GET \/v2\.1\/servers\//)]);
  await machine.destroy();
});

test('a survey finds every part, with its labels and the id under which it can be removed', async () => {
  const machine = await newMachine({ 'openstack-boot-from-volume': true });
  const keyOf = (kind: string) =>
    `slipway-0123abcd-dev-${kind.length.toString(16).padStart(8, kind === 'volume' ? '1' : '0')}`;
  for (const part of machine.driver().parts) {
    machine.made[part.kind] = await part.create(keyOf(part.kind), machine.made);
  }
  const found = (await openstack.fleet?.survey({})) ?? [];
  expect(Object.fromEntries(found.map(({ kind, id }) => [kind, id]))).toEqual(machine.made);
  for (const { kind, labels } of found) {
    expect(labels).toMatchObject({ 'slipway-store': '0123abcd', 'slipway-key': keyOf(kind) });
  }
  expect(found.find(({ kind }) => kind === 'server')?.where).toBe('nova');
  const removable = openstack.fleet?.removable({}, machine.place.site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  for (const { kind, destroy } of [...removable].reverse()) await destroy(machine.made[kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  expect(await openstack.fleet?.survey({})).toEqual([]);
  await machine.place.remove();
});

test('in another project nothing is found, and nothing taken for gone', async () => {
  const user = await newCloudUser(cloud());
  try {
    await createUntilSsh(cloud(), user, 'dev');
    const there = await cloud().left();
    const own = { ...user.env };
    Object.assign(user.env, cloud().elsewhere);
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('account') });
    expect(await cloud().left()).toEqual(there);
    Object.assign(user.env, own);
    expect((await user.slipway('ls')).stdout).toMatch(/dev/);
    expect(await user.slipway('rm', '-y', 'dev')).toMatchObject({ code: 0 });
    expect(await cloud().left()).toEqual([]);
  } finally {
    await user.remove();
  }
});

test('what is reached twice is made once', async () => {
  await withMachine({ 'openstack-floatingip-pool': '' }, async (machine) => {
    const first = { ...machine.made };
    await machine.make();
    expect(machine.made).toEqual(first);
  });
});
