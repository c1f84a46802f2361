import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../../src/poll.ts';
import { azureHere, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere({ lag: 120 });
let machine: TestMachine;

beforeEach(async () => {
  machine = await newMachine(cloud);
});

afterEach(async () => {
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
});

test('all that is made bears our labels and its own key, and what machines share names none of them', async () => {
  await machine.make();
  const { 'slipway-machine': _, ...common } = machine.site.labels;
  for (const part of machine.driver().parts) {
    const tags = cloud.body(machine.made[part.kind] ?? '')?.tags;
    const labels = part.shared === undefined ? machine.site.labels : common;
    expect(tags).toEqual({ ...labels, 'slipway-key': machine.keyOf(part) });
  }
  const disk = (machine.made.instance ?? '').replace('virtualMachines', 'disks');
  expect(cloud.body(disk)?.tags).toMatchObject(machine.site.labels);
});

test('a create that is repeated makes no second one', async () => {
  await machine.make();
  const before = await cloud.left();
  for (const part of machine.driver().parts) {
    expect(await part.create(machine.keyOf(part), machine.made)).toBe(machine.made[part.kind]);
  }
  expect(await cloud.left()).toEqual(before);
});

test('create does not wait until a thing is ready', async () => {
  const group = machine.driver().parts[0];
  machine.made['resource-group'] = (await group?.create(machine.keyOf(group), {})) ?? '';
  const asked = cloud.calls.length;
  const address = machine.driver().parts.find(({ kind }) => kind === 'address');
  if (!address) throw new Error('no address');
  machine.made.address = await address.create(machine.keyOf(address), machine.made);
  const writes = cloud.calls.slice(asked).filter(({ operation }) => operation === 'operation');
  expect(writes).toEqual([]);
});

describe('two machines', () => {
  let other: TestMachine;
  const own = ['security-group', 'address', 'interface', 'instance'];
  const kinds = (one: TestMachine) => Object.keys(one.made);

  beforeEach(async () => {
    other = await newMachine(cloud);
    await machine.make();
    await other.make();
  });

  async function removeOwn(one: TestMachine): Promise<void> {
    for (const part of [...one.driver().parts].reverse()) {
      if (part.shared === undefined) await part.destroy(one.made[part.kind] ?? '');
    }
  }

  test('share a group and a network, and nothing else', async () => {
    expect(kinds(machine).filter((kind) => machine.made[kind] === other.made[kind])).toEqual([
      'resource-group',
      'network',
    ]);
    expect(kinds(machine).filter((kind) => machine.made[kind] !== other.made[kind])).toEqual(own);
    await removeOwn(machine);
    expect(await other.driver().endpoint(other.made)).toBeDefined();
    await removeOwn(other);
  });

  test('a network that is still in use is waited for', async () => {
    await removeOwn(machine);
    const network = machine.driver().parts.find(({ kind }) => kind === 'network');
    const removed = network?.destroy(machine.made.network ?? '');
    const refused = () => cloud.calls.some(({ what }) => what === 'DELETE virtualNetworks') || undefined;
    await waitFor({ what: 'the first refusal', limit: 60_000 }, async () => refused());
    expect(cloud.body(machine.made.network ?? '')).toBeDefined();
    await removeOwn(other);
    await removed;
    expect(cloud.body(machine.made.network ?? '')).toBeUndefined();
  });
});

test('machines of another subscription, group or kind of network share none of it', async () => {
  const texts = async (more: object) => {
    const { driver, place } = await newMachine(cloud, { ...more });
    await place.remove();
    return driver().parts.flatMap(({ shared }) => shared ?? []);
  };
  const [group, network] = await texts({});
  expect(await texts({})).toEqual([group, network]);
  expect(await texts({ 'azure-ipv6': true })).toEqual([group, expect.not.stringMatching(network ?? '')]);
  expect(await texts({ 'azure-resource-group': 'mine' })).toEqual([expect.not.stringMatching(network ?? '')]);
  expect(await texts({ 'azure-location': 'eastus2' })).toEqual([
    expect.stringMatching(/^eastus2-/),
    expect.stringMatching(/^eastus2-/),
  ]);
  const subscription = { 'azure-subscription-id': '01234567-89ab-cdef-0123-456789abcdef' };
  expect(await texts(subscription)).not.toContain(group);
});

test('a group that holds something of somebody else is not deleted', async () => {
  const [group] = machine.driver().parts;
  if (!group) throw new Error('no group');
  const id = await group.create(machine.keyOf(group), {});
  machine.made['resource-group'] = id;
  const theirs = cloud.seed(`${id}/providers/Microsoft.Compute/disks/theirs`, { location: 'westeurope' });
  await expect(group.destroy(id)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(
      /^The resource group "slipway-0123abcd-westeurope-.*" still holds Microsoft.Compute\/disks "theirs"$/,
    ),
  });
  expect(cloud.body(theirs)).toBeDefined();
  await cloud.removeAtPortal(theirs);
});

test('a group of the same name that is not ours is left alone', async () => {
  const [group] = machine.driver().parts;
  if (!group) throw new Error('no group');
  const path = `resourceGroups/${machine.keyOf(group)}`;
  cloud.seed(path, { location: 'westeurope', tags: { owner: 'somebody' } });
  await expect(group.create(machine.keyOf(group), {})).rejects.toMatchObject({ code: 'exists' });
  expect(await group.find(machine.keyOf(group))).toBeUndefined();
  await cloud.removeAtPortal(path);
});

test('a machine that somebody deleted at the portal is gone, and the rest can be removed', async () => {
  await machine.make();
  await cloud.removeAtPortal(machine.made.instance ?? '');
  expect(await machine.driver().power?.state(machine.made)).toBe('Gone');
  expect(await machine.driver().endpoint(machine.made)).toBeUndefined();
});

test('what is asked twice to go, as after an answer that was lost, goes', async () => {
  await machine.make();
  const instance = machine.driver().parts.find(({ kind }) => kind === 'instance');
  const destroy = () => instance?.destroy(machine.made.instance ?? '');
  await Promise.all([destroy(), destroy()]);
});

test('a disk that was left is removed with the machine', async () => {
  await machine.make();
  const id = (machine.made.instance ?? '').replace('virtualMachines', 'disks');
  const disk = cloud.body(id);
  cloud.seed(id, { ...disk, properties: { ...disk?.properties, deleteOption: 'Detach' } });
  await machine.destroy();
  expect(cloud.body(id)).toBeUndefined();
});
