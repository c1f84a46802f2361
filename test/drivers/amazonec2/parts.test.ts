import { gunzipSync } from 'node:zlib';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { waitFor } from '../../../src/poll.ts';
import type { Ec2Call } from '../../clouds/amazonec2/index.ts';
import { callsOf, lastOf, owner, refuse, withAccount, withMachine } from './account.ts';

const cloud = withAccount();

describe('an instance', () => {
  test('is asked for with all that makes it safe and findable', async () => {
    await withMachine(
      cloud(),
      {
        'amazonec2-root-size': 40,
        'amazonec2-kms-key': 'alias/docker',
        'amazonec2-iam-instance-profile': 'docker-host',
        'amazonec2-tags': 'team,web',
      },
      async (machine) => {
        await machine.make();
        const sent = lastOf(cloud(), 'RunInstances');
        expect(sent).toMatchObject({
          MinCount: '1',
          MaxCount: '1',
          InstanceType: 't3.micro',
          'Placement.AvailabilityZone': 'us-east-1a',
          'MetadataOptions.HttpTokens': 'required',
          'MetadataOptions.HttpPutResponseHopLimit': '1',
          'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
          'BlockDeviceMapping.1.Ebs.Encrypted': 'true',
          'BlockDeviceMapping.1.Ebs.KmsKeyId': 'alias/docker',
          'BlockDeviceMapping.1.Ebs.DeleteOnTermination': 'true',
          'BlockDeviceMapping.1.Ebs.VolumeSize': '40',
          'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
          'NetworkInterface.1.AssociatePublicIpAddress': 'true',
          'NetworkInterface.1.DeleteOnTermination': 'true',
          'NetworkInterface.1.SecurityGroupId.1': machine.made['security-group'],
          'IamInstanceProfile.Name': 'docker-host',
          InstanceInitiatedShutdownBehavior: 'stop',
        });
        expect(sent.ClientToken).toMatch(/^[0-9a-f]{64}$/);
        expect(sent.KeyName).toBeUndefined();
        expect(gunzipSync(Buffer.from(sent.UserData ?? '', 'base64')).toString()).toBe('#cloud-config\n{}\n');
        expect(tagsIn(sent)).toEqual(
          Object.fromEntries(
            ['instance', 'volume', 'network-interface'].map((kind) => [
              kind,
              {
                Name: expect.any(String),
                team: 'web',
                'slipway-store': '0123abcd',
                'slipway-machine': expect.any(String),
                'slipway-created': '1795322902',
                'slipway-key': machine.keyOf('instance'),
              },
            ]),
          ),
        );
      },
    );
  });

  test('boots the newest image of its architecture, and no daily build', async () => {
    await withMachine(cloud(), { 'amazonec2-instance-type': 't4g.small' }, async (machine) => {
      const plan = await machine.driver.plan?.();
      expect(plan?.parts.at(-1)?.what).toContain('debian-12-arm64-20260412');
    });
  });

  test('is made where there is room, when no zone was named', async () => {
    await withMachine(cloud(), { 'amazonec2-zone': undefined }, async (machine) => {
      refuse(cloud(), 'RunInstances', 'InsufficientInstanceCapacity', {
        such: (sent) => /-1[ab]$/.test(sent['Placement.AvailabilityZone'] ?? ''),
      });
      const calls = await callsOf(cloud(), () => machine.make());
      const runs = calls.filter(({ what }) => what === 'RunInstances').map(({ parameters }) => parameters);
      expect(runs.map((each) => each['Placement.AvailabilityZone'])).toEqual([
        'us-east-1a',
        'us-east-1b',
        'us-east-1c',
      ]);
      expect(new Set(runs.map((each) => each.ClientToken)).size).toBe(3);
    });
  });

  test('is not asked for in a zone that does not have the type', async () => {
    await withMachine(cloud(), { 'amazonec2-zone': 'e' }, async (machine) => {
      await expect(machine.driver.check?.()).rejects.toMatchObject({
        code: 'no-capacity',
        message: 'There is no "t3.micro" in "us-east-1e"',
        hint: expect.stringContaining('us-east-1a'),
      });
    });
  });

  test('has no public address where none was wanted', async () => {
    await withMachine(cloud(), { 'amazonec2-private-address-only': true }, async (machine) => {
      await machine.make();
      expect(lastOf(cloud(), 'RunInstances')['NetworkInterface.1.AssociatePublicIpAddress']).toBe('false');
      const endpoint = await machine.driver.endpoint(machine.made);
      expect(endpoint?.host).toMatch(/^127\.\d+\.0\./);
    });
  });

  test('can be reached by its private address though it has a public one', async () => {
    await withMachine(cloud(), { 'amazonec2-use-private-address': true }, async (machine) => {
      await machine.make();
      const { host, names } = (await machine.driver.endpoint(machine.made)) ?? {};
      expect(host).toMatch(/^127\.\d+\.0\./);
      expect(names).toContainEqual(expect.stringMatching(/^127\.\d+\.200\./));
    });
  });

  test('has another public address after a stop and a start', async () => {
    await withMachine(cloud(), {}, async (machine) => {
      await machine.make();
      const first = await machine.driver.endpoint(machine.made);
      await machine.driver.power?.stop(machine.made);
      await machine.driver.power?.start(machine.made);
      const second = await machine.driver.endpoint(machine.made);
      expect(second?.host).not.toBe(first?.host);
    });
  });

  test('that somebody ended in the console is gone, and its removal goes on', async () => {
    await withMachine(cloud(), {}, async (machine) => {
      await machine.make();
      await owner(cloud()).send(new TerminateInstancesCommand({ InstanceIds: [machine.made.instance ?? ''] }));
      await machine.driver.parts.at(-1)?.destroy(machine.made.instance ?? '');
      expect(await machine.driver.power?.state(machine.made)).toBe('Gone');
    });
  });
});

describe('a spot instance', () => {
  const spot = { 'amazonec2-request-spot-instance': true, 'amazonec2-spot-price': '0.02' };

  test('is asked for once, with the most to pay, and ends instead of stopping', async () => {
    await withMachine(cloud(), spot, async (machine) => {
      await machine.make();
      expect(lastOf(cloud(), 'RunInstances')).toMatchObject({
        'InstanceMarketOptions.MarketType': 'spot',
        'InstanceMarketOptions.SpotOptions.SpotInstanceType': 'one-time',
        'InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior': 'terminate',
        'InstanceMarketOptions.SpotOptions.MaxPrice': '0.02',
        InstanceInitiatedShutdownBehavior: 'terminate',
        'TagSpecification.4.ResourceType': 'spot-instances-request',
      });
      await expect(machine.driver.power?.stop(machine.made)).rejects.toMatchObject({ code: 'unsupported' });
    });
  });

  test('for which too little is offered is none to be had', async () => {
    await withMachine(cloud(), { ...spot, 'amazonec2-spot-price': '0.001' }, async (machine) => {
      await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
    });
  });
});

describe('an elastic address', () => {
  test('belongs to the instance from its start, and stays over stop and start', async () => {
    await withMachine(cloud(), { 'amazonec2-elastic-ip': 'new' }, async (machine) => {
      await machine.make();
      expect(lastOf(cloud(), 'RunInstances')['NetworkInterface.1.AssociatePublicIpAddress']).toBe('false');
      const first = await machine.driver.endpoint(machine.made);
      await machine.driver.power?.stop(machine.made);
      await machine.driver.power?.start(machine.made);
      expect((await machine.driver.endpoint(machine.made))?.host).toBe(first?.host);
    });
  });
});

describe('a create', () => {
  test.each(['security-group', 'address', 'instance'])(
    'of the %s under a key that is taken makes no second',
    async (kind) => {
      await withMachine(cloud(), { 'amazonec2-elastic-ip': 'new' }, async (machine) => {
        await machine.make();
        const there = await cloud().left();
        const part = machine.driver.parts.find((each) => each.kind === kind);
        const { [kind]: id, ...made } = machine.made;
        expect(await part?.create(machine.keyOf(kind), made)).toBe(id);
        expect(await cloud().left()).toEqual(there);
      });
    },
  );

  test.each([
    ['security-group', 'CreateSecurityGroup'],
    ['address', 'AllocateAddress'],
    ['instance', 'RunInstances'],
  ])('of the %s whose answer is lost makes one, which is found', async (kind, action) => {
    await withMachine(cloud(), { 'amazonec2-elastic-ip': 'new', 'amazonec2-retries': 2 }, async (machine) => {
      let lost = 0;
      cloud().intercept = ({ what }, when) =>
        what === action && when === 'after' && lost++ === 0 ? 'drop' : undefined;
      await machine.make().catch(() => undefined);
      expect(lost).toBeGreaterThan(0);
      const part = machine.driver.parts.find((each) => each.kind === kind);
      await waitFor({ what: 'EC2 to show it', limit: part?.settles ?? 0 }, async () => part?.find(machine.keyOf(kind)));
    });
  });
});

test('the group waits until the instance is gone', async () => {
  await withMachine(cloud(), {}, async (machine) => {
    await machine.make();
    await owner(cloud()).send(new TerminateInstancesCommand({ InstanceIds: [machine.made.instance ?? ''] }));
    const calls = await callsOf(cloud(), async () =>
      machine.driver.parts[0]?.destroy(machine.made['security-group'] ?? ''),
    );
    expect(calls.length).toBeGreaterThan(1);
  });
});

test('the account is that of the credentials', async () => {
  await withMachine(cloud(), {}, async (machine) => {
    expect(await machine.driver.account?.()).toBe('123456789012');
  });
});

test('the console is what the instance wrote', async () => {
  await withMachine(cloud(), {}, async (machine) => {
    await machine.make();
    expect(await machine.driver.console?.(machine.made)).toContain('Linux version');
    refuse(cloud(), 'GetConsoleOutput', 'UnsupportedOperation', { such: (sent) => sent.Latest === 'true' });
    expect(await machine.driver.console?.(machine.made)).toContain('Linux version');
  });
});

const NONE = {
  status: 200,
  headers: { 'Content-Type': 'text/xml' },
  body: '<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>',
};

test('an instance that EC2 does not know at once is waited for', async () => {
  await withMachine(cloud(), {}, async (machine) => {
    let unseen = 3;
    cloud().intercept = (call, when) => {
      const { what, parameters } = call as Ec2Call;
      const asks = what === 'DescribeInstances' && parameters['Filter.1.Name'] === 'instance-id';
      return asks && when === 'before' && unseen-- > 0 ? NONE : undefined;
    };
    const calls = await callsOf(cloud(), () => machine.make());
    const after = calls.slice(calls.findIndex(({ what }) => what === 'RunInstances') + 1);
    expect(after.length).toBeGreaterThanOrEqual(4);
  });
});

/** By the kind of thing: { instance: { Name: "dev" } } */
function tagsIn(sent: Readonly<Record<string, string>>): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, string>> = {};
  for (const [name, value] of Object.entries(sent)) {
    const [, spec, tag] = /^TagSpecification\.(\d+)\.Tag\.(\d+)\.Key$/.exec(name) ?? [];
    if (spec === undefined) continue;
    const kind = sent[`TagSpecification.${spec}.ResourceType`] ?? '';
    all[kind] = { ...all[kind], [value]: sent[`TagSpecification.${spec}.Tag.${tag}.Value`] ?? '' };
  }
  return all;
}
