import { expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import { azureHere, good, newMachine } from './here.ts';

const cloud = await azureHere();

test('a new end stands on all that is the machine’s, and on nothing that others share', async () => {
  const values = { 'azure-ipv6': true, 'azure-tag': ['team=web'] };
  const machine = await newMachine(cloud, values, { labels: { 'slipway-expires': '1795322999' } });
  await machine.make();
  const { instance = '', 'resource-group': group = '', network = '', ...own } = machine.made;
  const all = [...Object.values(own), instance, instance.replace('virtualMachines', 'disks')];
  const ends = (ids: readonly string[]) => ids.map((id) => cloud.body(id)?.tags?.['slipway-expires']);
  expect(new Set(ends(all))).toEqual(new Set(['1795322999']));

  const labels = { ...machine.site.labels, 'slipway-expires': '1795330000' };
  await azure.driver(good(cloud, values), { ...machine.site, labels }).relabel?.(machine.made);
  expect(all).toHaveLength(6);
  expect(new Set(ends(all))).toEqual(new Set(['1795330000']));
  expect(ends([group, network])).toEqual([undefined, undefined]);
  expect(cloud.body(instance)?.tags).toMatchObject({ team: 'web', 'slipway-store': '0123abcd' });
  await machine.destroy();
});
