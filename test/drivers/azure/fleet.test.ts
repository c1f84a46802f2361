import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import type { Fleet } from '../../../src/drivers/driver.ts';
import { azureHere, good, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere();
const fleet = azure.fleet as Fleet;
let machines: TestMachine[] = [];

describe('three machines', () => {
  beforeAll(async () => {
    cloud.quotas.family = 99;
    machines = await Promise.all(
      ['one', 'two', 'three'].map((name) => newMachine(cloud, {}, { labels: { 'slipway-machine': name } })),
    );
    for (const machine of machines) await machine.make();
  });

  afterAll(async () => {
    for (const machine of machines) {
      for (const part of [...machine.driver().parts].reverse()) {
        if (part.shared === undefined) await part.destroy(machine.made[part.kind] ?? '');
      }
    }
    await machines[0]?.destroy();
    expect(await cloud.left()).toEqual([]);
  });

  test('machines of one subscription are one scope, whatever their sizes and locations', () => {
    const scope = fleet.scope(good(cloud));
    expect(
      fleet.scope(good(cloud, { 'azure-location': 'eastus2', 'azure-size': 'A,B', 'azure-resource-group': 'g' })),
    ).toBe(scope);
    expect(fleet.scope(good(cloud, { 'azure-subscription-id': '01234567-89ab-cdef-0123-456789abcdef' }))).not.toBe(
      scope,
    );
  });

  test('the states of all cost one call', async () => {
    const [one, two, three] = machines;
    await two?.driver().power?.stop(two.made);
    const before = cloud.calls.length;
    const gone = { instance: `${one?.made.instance}-gone` };
    const asked = [one?.made ?? {}, two?.made ?? {}, gone, {}, three?.made ?? {}];
    expect(await fleet.states(good(cloud), asked)).toEqual(['Running', 'Stopped', 'Gone', 'Gone', 'Running']);
    expect(cloud.calls.slice(before).map(({ what }) => what)).toEqual(['GET virtualMachines']);
  });

  test('everything that is ours is found, under the ids by which it is removed', async () => {
    cloud.seed('resourceGroups/theirs', { location: 'westeurope' });
    cloud.seed('resourceGroups/theirs/providers/Microsoft.Compute/disks/slipway-but-not-ours', {
      location: 'westeurope',
      tags: {},
    });
    const found = await fleet.survey(good(cloud));
    const ids = new Set(machines.flatMap(({ made }) => Object.values(made)));
    expect(new Set(found.map(({ id }) => id))).toEqual(ids);
    expect(found).toHaveLength(ids.size);
    for (const { kind, id, labels } of found) {
      expect(machines.some(({ made }) => made[kind] === id)).toBe(true);
      expect(labels['slipway-store']).toBe('0123abcd');
    }
  });

  test('a disk that is left counts as its machine, which can be removed', async () => {
    const [, , three] = machines;
    const id = three?.made.instance ?? '';
    const disk = id.replace('virtualMachines', 'disks');
    const body = cloud.body(disk);
    cloud.seed(disk, { ...body, properties: { ...body?.properties, deleteOption: 'Detach' } });
    await cloud.removeAtPortal(id);
    const found = (await fleet.survey(good(cloud))).filter((each) => each.id === id);
    const labels = expect.objectContaining({ 'slipway-machine': 'three' });
    expect(found).toEqual([{ kind: 'instance', id, labels, where: 'westeurope' }]);
    const site = three?.place.site ?? (undefined as never);
    const instance = fleet.removable(good(cloud), site).find(({ kind }) => kind === 'instance');
    await instance?.destroy(id);
    expect(cloud.body(disk)).toBeUndefined();
  });

  test('what has lost its tags is known by its name, where that is a key', async () => {
    const name = 'slipway-0123abcd-dev-89abcdef';
    const seed = (text: string) =>
      cloud.seed(`resourceGroups/theirs/providers/Microsoft.Compute/disks/${text}`, { location: 'westeurope' });
    const [ours, theirs] = [seed(name), seed('slipway-data')];
    const found = (await fleet.survey(good(cloud))).filter(({ id }) => id.includes('/theirs/'));
    const labels = { 'slipway-store': '0123abcd', 'slipway-machine': 'dev', 'slipway-key': name };
    const id = ours.replace('disks', 'virtualMachines');
    expect(found).toEqual([{ kind: 'instance', id, labels, where: 'westeurope' }]);
    for (const each of [ours, theirs]) await cloud.removeAtPortal(each);
  });

  test('what machines share does not say whose it is but its store’s', async () => {
    const found = (await fleet.survey(good(cloud))).filter(({ kind }) => /^(resource-group|network)$/.test(kind));
    expect(found).toHaveLength(2);
    for (const { labels } of found) expect(labels).not.toHaveProperty('slipway-machine');
  });
});
