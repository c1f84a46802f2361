import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import { azureHere, good, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere({ pace: 1200, retryAfter: 1 });

describe('a machine in an Azure that takes its time', () => {
  let machine: TestMachine;

  beforeAll(async () => {
    machine = await newMachine(cloud);
    await machine.make();
  });

  afterAll(() => machine.destroy());

  test('an operation is asked about as often as Azure says', async () => {
    const before = cloud.calls.length;
    await machine.driver().power?.restart?.(machine.made);
    const polls = cloud.calls.slice(before).filter(({ what }) => what === 'GET operations');
    expect(polls.length).toBeGreaterThan(1);
    expect(polls.length).toBeLessThan(5);
  });

  test('a wait ends when the work is interrupted', async () => {
    const interruption = new AbortController();
    const driver = azure.driver(good(cloud), { ...machine.site, signal: interruption.signal });
    const stopped = driver.power?.stop(machine.made);
    setTimeout(() => interruption.abort(), 300);
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('every kind of resource is asked in the version that all clouds have', () => {
    const versions = cloud.calls.flatMap(({ url }) => {
      const { pathname, searchParams } = new URL(url);
      const type = /\/providers\/(Microsoft\.\w+\/\w+)/.exec(pathname)?.[1];
      return type ? [`${type} ${searchParams.get('api-version')}`] : [];
    });
    expect([...new Set(versions)].sort()).toEqual([
      'Microsoft.Compute/locations 2025-04-01',
      'Microsoft.Compute/skus 2021-07-01',
      'Microsoft.Compute/virtualMachines 2025-04-01',
      'Microsoft.Network/networkInterfaces 2025-05-01',
      'Microsoft.Network/networkSecurityGroups 2025-05-01',
      'Microsoft.Network/publicIPAddresses 2025-05-01',
      'Microsoft.Network/virtualNetworks 2025-05-01',
    ]);
  });
});
