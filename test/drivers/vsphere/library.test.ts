import { beforeAll, expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMemory } from '../../../src/memory.ts';
import { checked } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';
import { descriptorOf } from './images.ts';

const cloud = useCloud();

beforeAll(() => cloud().console.shelve('images', 'debian 12', descriptorOf(1000)));

const of = (item: string, more: FlagValues = {}): FlagValues => ({
  'vsphere-template': '',
  'vsphere-library-item': item,
  'vsphere-datastore': 'LocalDS_1',
  'vsphere-network': ['VM Network'],
  ...more,
});

const DEPLOY = 'POST ovf/library-item/id:?~action=deploy';
const deployments = () => cloud().asked.filter(({ method }) => method === DEPLOY);
const machinesLeft = async () => (await cloud().left()).filter((each) => each.startsWith('machine'));

test('a machine is made of an item of a content library, and has its labels from its first moment', async () => {
  await withMachine(of('images/debian 12'), async ({ made, keyOf, place }) => {
    const machine = (await cloud().there()).find(({ Id }) => Id === made.machine);
    expect(machine).toMatchObject({
      What: `machine ${keyOf('machine')}`,
      State: 'poweredOn',
      Cpus: 2,
      Disks: [20_480],
    });
    const { target, deployment_spec: spec } = JSON.parse(deployments().at(-1)?.body ?? '');
    expect(target).toMatchObject({ resource_pool_id: expect.stringMatching(/^resgroup-/) });
    expect(spec.annotation).toContain(`slipway-key=${keyOf('machine')}`);
    expect(spec.network_mappings).toEqual([{ key: 'VM Network', value: expect.stringMatching(/^network-/) }]);
    const labels = { ...place.site.labels, 'slipway-key': keyOf('machine') };
    expect(await vsphere.fleet?.survey(SMALL)).toEqual([{ kind: 'machine', id: made.machine, labels }]);
  });
  expect(await cloud().left()).toEqual([]);
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine(of('images/debian 12'));
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test.each(['before', 'after'] as const)('an answer that is lost %s it was done makes no second one', async (moment) => {
  let lost = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== DEPLOY || when !== moment || lost > 0) return undefined;
    lost += 1;
    return 'drop';
  };
  await withMachine(of('images/debian 12'), async () => expect(await machinesLeft()).toHaveLength(1));
  expect(lost).toBe(1);
  expect(await cloud().left()).toEqual([]);
});

test('a name that is taken is that of what an earlier command made', async () => {
  const machine = await newMachine(of('images/debian 12'));
  await machine.make();
  await machine.driver().power?.kill?.(machine.made);
  await expect(machine.make()).resolves.toBeUndefined();
  expect(await machine.driver().power?.state(machine.made)).toBe('Running');
  await machine.destroy();
});

test('why vSphere made no machine is told', async () => {
  const machine = await newMachine(of('images/debian 12'));
  const error = { errors: [{ category: 'SERVER', error: { messages: [{ default_message: 'Kein Platz.' }] } }] };
  cloud().intercept = ({ what }, when) =>
    what === DEPLOY && when === 'before'
      ? { status: 200, body: JSON.stringify({ value: { succeeded: false, error } }) }
      : undefined;
  await expect(machine.make()).rejects.toMatchObject({ code: 'refused', cause: { message: 'Kein Platz.' } });
  await machine.destroy();
});

test.each<[string, number, string, string, RegExp]>([
  ['not allowed', 403, 'unauthorized', 'denied', /may not do this/],
  ['no room', 500, 'unable_to_allocate_resource', 'no-capacity', /no room/],
  ['not valid', 400, 'invalid_argument', 'bad-input', /does not take/],
  ['no service', 503, 'service_unavailable', 'refused', /does not run/],
  ['new to us', 500, 'something_new', 'refused', /"something_new"/],
])('what vSphere says is told in our words: %s', async (_, status, type, code, message) => {
  const machine = await newMachine(of('images/debian 12'));
  const body = JSON.stringify({ type: `com.vmware.vapi.std.errors.${type}`, value: { messages: [] } });
  cloud().intercept = ({ what }, when) => (what === DEPLOY && when === 'before' ? { status, body } : undefined);
  await expect(machine.make()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await machine.destroy();
});

test('a session that has ended is begun again', async () => {
  const machine = await newMachine(of('images/debian 12'));
  let ended = false;
  const body = JSON.stringify({ type: 'com.vmware.vapi.std.errors.unauthenticated', value: { messages: [] } });
  cloud().intercept = ({ what }, when) => {
    if (what !== DEPLOY || when !== 'before' || ended) return undefined;
    ended = true;
    return { status: 401, body };
  };
  await machine.make();
  expect(cloud().calls.filter(({ what }) => what === 'POST session').length).toBeGreaterThan(1);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a session that cannot be begun again is told, and ends without more', async () => {
  const machine = await newMachine(of('images/debian 12'));
  const memory = newMemory();
  const body = JSON.stringify({ type: 'com.vmware.vapi.std.errors.unauthenticated', value: { messages: [] } });
  let ended = false;
  cloud().intercept = ({ what }, when) => {
    if (when !== 'before') return undefined;
    ended ||= what === DEPLOY;
    return ended && (what === DEPLOY || what === 'POST session') ? { status: 401, body } : undefined;
  };
  await expect(machine.make({ memory })).rejects.toMatchObject({ code: 'no-credentials' });
  await expect(memory.end()).resolves.toBeUndefined();
  cloud().intercept = () => undefined;
  await machine.destroy();
});

test.each<[string, string, RegExp]>([
  ['a library that there is not', 'image/debian 12', /images/],
  ['an item that there is not', 'images/debian', /debian 12/],
  ['an item that is no machine', 'discs/cd', /--vsphere-template/],
])('%s is told before anything is made', async (_, item, hint) => {
  if (item.startsWith('discs')) await cloud().console.shelve('discs', 'cd');
  const before = cloud().calls.length;
  const found = await checked(await newMachine(of(item)));
  expect(found).toMatchObject({ code: 'bad-input', hint: expect.stringMatching(hint) });
  expect(
    cloud()
      .calls.slice(before)
      .filter(({ reads }) => !reads),
  ).toEqual([]);
});
