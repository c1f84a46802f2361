import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import type { Ingress } from '../../../src/drivers/driver.ts';
import { newSite } from '../site.ts';
import { callsOf, owner, small, withAccount, withMachine } from './account.ts';

const cloud = withAccount();

const me: Ingress = { from: ['192.0.2.7/32'], engine: true, open: [] };

/** What the group admits: "tcp 22 192.0.2.7/32", sorted. */
async function admitted(id: string | undefined): Promise<string[]> {
  const { SecurityGroups } = await owner(cloud()).send(new DescribeSecurityGroupsCommand({ GroupIds: [id ?? ''] }));
  const permissions = SecurityGroups?.[0]?.IpPermissions ?? [];
  return permissions
    .flatMap(({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] }) =>
      [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].map(
        (network) => `${IpProtocol} ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`} ${network}`,
      ),
    )
    .sort();
}

describe('the group of a new machine admits', () => {
  test.each<[string, Ingress, string[]]>([
    ['the caller to SSH and the engine', me, ['tcp 22 192.0.2.7/32', 'tcp 2376 192.0.2.7/32']],
    ['nobody to the engine, where it is spoken to through SSH', { ...me, engine: false }, ['tcp 22 192.0.2.7/32']],
    [
      'each network once, as EC2 writes it',
      { ...me, engine: false, from: ['203.0.113.9/24', '203.0.113.0/24', '2001:DB8::5/64'] },
      ['tcp 22 2001:db8::/64', 'tcp 22 203.0.113.0/24'],
    ],
    [
      'everybody to the ports that were opened',
      {
        ...me,
        engine: false,
        open: [
          { port: 80, protocol: 'tcp' },
          { port: 53, protocol: 'udp' },
        ],
      },
      ['tcp 22 192.0.2.7/32', 'tcp 80 0.0.0.0/0', 'tcp 80 ::/0', 'udp 53 0.0.0.0/0', 'udp 53 ::/0'],
    ],
    ['nobody at all, if nobody was named', { from: [], engine: true, open: [] }, []],
  ])('%s', async (_, ingress, rules) => {
    await withMachine(
      cloud(),
      {},
      async (machine) => {
        await machine.make();
        expect(await admitted(machine.made['security-group'])).toEqual(rules);
      },
      { ingress },
    );
  });

  test('SSH on the port of the image', async () => {
    await withMachine(cloud(), { 'amazonec2-ssh-port': 2222 }, async (machine) => {
      await machine.make();
      expect(await admitted(machine.made['security-group'])).toContain('tcp 2222 192.0.2.7/32');
      expect((await machine.driver.endpoint(machine.made))?.sshPort).toBe(2222);
    });
  });
});

describe('admit', () => {
  test('makes the group admit what is said now, and nothing else', async () => {
    await withMachine(cloud(), {}, async (machine) => {
      await machine.make();
      const GroupId = machine.made['security-group'];
      const range = { IpProtocol: 'tcp', FromPort: 8000, ToPort: 9000, IpRanges: [{ CidrIp: '198.51.100.0/24' }] };
      await owner(cloud()).send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [range] }));
      const { site } = await newSite();
      const ingress: Ingress = { ...me, from: ['192.0.2.7/32', '198.51.100.4/32'], engine: false };
      await amazonec2.driver(small, { ...site, ingress }).admit?.(machine.made);
      expect(await admitted(GroupId)).toEqual(['tcp 22 192.0.2.7/32', 'tcp 22 198.51.100.4/32']);
    });
  });

  test('only looks where nothing is to be changed', async () => {
    await withMachine(cloud(), {}, async (machine) => {
      await machine.make();
      const calls = await callsOf(cloud(), async () => machine.driver.admit?.(machine.made));
      expect(calls.map(({ what }) => what)).toEqual(['DescribeSecurityGroups']);
    });
  });

  test('is not there for a group that somebody else made', async () => {
    const { site } = await newSite();
    expect(amazonec2.driver({ ...small, 'amazonec2-security-group': ['default'] }, site).admit).toBeUndefined();
  });
});
