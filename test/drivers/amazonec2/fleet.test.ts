import {
  AllocateAddressCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { waitFor } from '../../../src/poll.ts';
import { newSite } from '../site.ts';
import { callsOf, newMachine, owner, refuse, small, withAccount, withMachine } from './account.ts';

const cloud = withAccount();
const fleet = amazonec2.fleet ?? (undefined as never);

describe('machines of one scope', () => {
  test('are those of a region and of an API', () => {
    expect(fleet.scope({ 'amazonec2-region': 'eu-west-1' })).toBe('eu-west-1');
    expect(fleet.scope({ 'amazonec2-region': 'eu-west-1', 'amazonec2-endpoint': 'https://ec2.example' })).toBe(
      'eu-west-1 at https://ec2.example',
    );
  });
});

describe('states', () => {
  test('of many machines cost one call', async () => {
    const machines = [await newMachine({}), await newMachine({}), await newMachine({})];
    try {
      for (const machine of machines) await machine.make();
      const [running, stopped, ended] = machines.map(({ made }) => made.instance ?? '');
      const aws = owner(cloud());
      await waitFor({ what: 'the third to run', limit: 60_000 }, async () =>
        (
          await fleet.states(
            small,
            machines.map(({ made }) => made),
          )
        ).every((state) => state === 'Running')
          ? true
          : undefined,
      );
      await aws.send(new StopInstancesCommand({ InstanceIds: [stopped ?? ''] }));
      await aws.send(new TerminateInstancesCommand({ InstanceIds: [ended ?? ''] }));
      const asked = [
        { instance: ended },
        {},
        { instance: 'i-0123456789abcdef0' },
        { instance: running },
        { instance: stopped },
      ];
      const states = () => fleet.states(small, asked as never);
      await waitFor({ what: 'the changes', limit: 60_000 }, async () =>
        (await states()).at(-1) === 'Stopped' && (await states())[0] === 'Gone' ? true : undefined,
      );
      const calls = await callsOf(cloud(), async () => {
        expect(await states()).toEqual(['Gone', 'Gone', 'Gone', 'Running', 'Stopped']);
      });
      expect(calls.map(({ what }) => what)).toEqual(['DescribeInstances']);
    } finally {
      for (const machine of machines) await machine.remove();
    }
  });

  test('of two hundred and one cost two, and of none none', async () => {
    const many = Array.from({ length: 201 }, (_, at) => ({ instance: `i-${at.toString(16).padStart(17, '0')}` }));
    expect(await callsOf(cloud(), () => fleet.states(small, many))).toHaveLength(2);
    expect(await callsOf(cloud(), () => fleet.states(small, [{}]))).toHaveLength(0);
  });

  test('fail with a sentence', async () => {
    refuse(cloud(), 'DescribeInstances', 'UnauthorizedOperation', { status: 403 });
    await expect(fleet.states(small, [{ instance: 'i-0123456789abcdef0' }])).rejects.toMatchObject({ code: 'denied' });
  });
});

test('a survey finds every part with a label of ours, and nothing else, with a call for each kind', async () => {
  const aws = owner(cloud());
  await aws.send(new CreateSecurityGroupCommand({ GroupName: 'not-ours', Description: 'Of somebody else' }));
  await aws.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  await withMachine(cloud(), { 'amazonec2-elastic-ip': 'new', 'amazonec2-tags': 'team,web' }, async (machine) => {
    await machine.make();
    let found: Awaited<ReturnType<typeof fleet.survey>> = [];
    const calls = await callsOf(cloud(), async () => {
      found = await fleet.survey(small);
    });
    expect(calls).toHaveLength(4);
    const labels = (kind: string) => ({
      'slipway-store': '0123abcd',
      'slipway-machine': expect.any(String),
      'slipway-created': '1795322902',
      'slipway-key': machine.keyOf(kind),
    });
    expect(found).toEqual(
      ['security-group', 'address', 'instance'].map((kind) => ({
        kind,
        id: machine.made[kind],
        labels: labels(kind),
        where: 'us-east-1',
      })),
    );
  });
  expect(await fleet.survey(small)).toEqual([]);
});

test('a disk that was kept when its instance went is found, and can be removed', async () => {
  const labels = { 'slipway-store': '0123abcd', 'slipway-key': 'slipway-0123abcd-dev-89abcdef' };
  const Tags = Object.entries(labels).map(([Key, Value]) => ({ Key, Value }));
  const asked = { AvailabilityZone: 'us-east-1a', Size: 1, TagSpecifications: [{ ResourceType: 'volume', Tags }] };
  const { VolumeId: id = '' } = await owner(cloud()).send(new CreateVolumeCommand(asked as CreateVolumeCommandInput));
  expect(await fleet.survey(small)).toEqual([{ kind: 'volume', id, labels, where: 'us-east-1' }]);
  const { site, remove } = await newSite();
  const volume = fleet.removable(small, site).find(({ kind }) => kind === 'volume');
  await volume?.destroy(id);
  await volume?.destroy(id);
  expect(await fleet.survey(small)).toEqual([]);
  await remove();
});
