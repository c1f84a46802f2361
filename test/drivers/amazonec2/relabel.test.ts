import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { newSite } from '../site.ts';
import { callsOf, lastOf, owner, shown, small, withAccount, withMachine } from './account.ts';

const cloud = withAccount();

/** A machine that was made with an end. */
const ending = {
  labels: { 'slipway-store': '0123abcd', 'slipway-machine': 'm', 'slipway-expires': '1795322999' },
  lifetime: { ends: '2026-11-22T04:49:59.000Z' },
};

/** The ends that stand on what the account has, by the kinds of things. */
async function ends(): Promise<string[]> {
  const Filters = [{ Name: 'key', Values: ['slipway-expires'] }];
  const { Tags = [] } = await owner(cloud()).send(new DescribeTagsCommand({ Filters }));
  return Tags.map(({ ResourceType, Value }) => `${ResourceType} ${Value}`).sort();
}

test('a new end stands on all that is the machine’s, after two calls', async () => {
  const use = async (machine: Parameters<Parameters<typeof withMachine>[2]>[0]) => {
    await machine.make();
    await shown();
    expect(new Set((await ends()).map((each) => each.split(' ')[1]))).toEqual(new Set(['1795322999']));
    const { site } = await newSite();
    const later = { ...site, ...ending, labels: { ...ending.labels, 'slipway-expires': '1795330000' } };
    const calls = await callsOf(cloud(), async () => amazonec2.driver(small, later).relabel?.(machine.made));
    expect(calls.map(({ what }) => what)).toEqual(['DescribeInstances', 'CreateTags']);
    expect(await ends()).toEqual([
      'instance 1795330000',
      'network-interface 1795330000',
      'security-group 1795330000',
      'volume 1795330000',
      'vpc-elastic-ip 1795330000',
    ]);
  };
  await withMachine(cloud(), { 'amazonec2-elastic-ip': 'new' }, use, ending);
});

test.each([
  ['an end', ending],
  ['an idle time', { lifetime: { idle: 600 } }],
])('a machine with %s ends for good when it switches itself off', async (_, site) => {
  const use = async (machine: { make(): Promise<void> }) => {
    await machine.make();
    expect(lastOf(cloud(), 'RunInstances').InstanceInitiatedShutdownBehavior).toBe('terminate');
  };
  await withMachine(cloud(), {}, use, site);
});
