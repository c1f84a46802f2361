import { describe, expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await vsphere
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

describe('a vCenter', () => {
  const cloud = useCloud();

  test.each<[string, FlagValues, string, RegExp]>([
    ['a template that there is not', { 'vsphere-template': 'DC0_C0_RP0_VM7' }, 'bad-input', /DC0_C0_RP0_VM0/],
    ['a datacenter that there is not', { 'vsphere-datacenter': 'DC1' }, 'bad-input', /DC0/],
    ['a cluster that there is not', { 'vsphere-cluster': 'DC0_C1' }, 'bad-input', /DC0_C0/],
    ['a cluster that must be chosen', { 'vsphere-cluster': '' }, 'bad-input', /--vsphere-cluster: .*DC0_C0/],
    ['a host that there is not', { 'vsphere-hostsystem': 'DC0_C0_H9' }, 'bad-input', /DC0_C0_H0/],
    ['a pool that there is not', { 'vsphere-pool': 'DC0_C0_RP9' }, 'bad-input', /DC0_C0_RP1/],
    ['a folder that there is not', { 'vsphere-folder': 'mine' }, 'bad-input', /vm/],
    ['a datastore that there is not', { 'vsphere-datastore': 'LocalDS_9' }, 'bad-input', /LocalDS_0/],
    ['a network that there is not', { 'vsphere-network': ['VM Netz'] }, 'bad-input', /VM Network/],
    ['a customization that there is not', { 'vsphere-customization': 'none' }, 'bad-input', /vSphere client/],
  ])('%s is told before anything is made', async (_, values, code, hint) => {
    expect(await check(values)).toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
  });

  test('a plan says what the machine will be', async () => {
    const { site, remove } = await newKeyedSite();
    const values = { ...SMALL, 'vsphere-datastore': 'LocalDS_1', 'vsphere-network': ['VM Network'] };
    const what =
      'a clone of "DC0_C0_RP0_VM0", 2 processors, 2048 MiB, at least 20480 MiB of disk, in "DC0_C0", on the datastore "LocalDS_1", in the network "VM Network"';
    expect(await vsphere.driver(values, site).plan?.()).toEqual({ parts: [{ kind: 'machine', what }] });
    await remove();
  });

  test('hosts come before datastores', () => {
    const values = { ...SMALL, 'vsphere-hostsystem': 'h1, h2', 'vsphere-datastore': 'fast one,slow' };
    const each = vsphere.candidates?.(values) ?? [];
    expect(each.map((one) => `${one['vsphere-hostsystem']} ${one['vsphere-datastore']}`)).toEqual([
      'h1 fast one',
      'h1 slow',
      'h2 fast one',
      'h2 slow',
    ]);
  });
});

describe('an ESXi', () => {
  useCloud({ esx: true });

  test('is told that it cannot clone', async () => {
    expect(await check({})).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('vCenter') });
  });

  test('is asked alike for what there is', async () => {
    expect(await vsphere.fleet?.survey(SMALL)).toEqual([]);
    const states = await vsphere.fleet?.states(SMALL, [{ machine: 'vm-0' }]);
    expect(states).toEqual(['Gone']);
  });
});
