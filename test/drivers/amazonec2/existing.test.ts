import {
  AllocateAddressCommand,
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import type { FlagValues } from '../../../src/flags.ts';
import { callsOf, lastOf, newMachine, owner, shown, withAccount, withMachine } from './account.ts';

const cloud = withAccount();

/** What `check` says against these flags. */
async function refusal(values: FlagValues): Promise<unknown> {
  const machine = await newMachine(values);
  return machine.driver.check?.().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('what the user names is used, and stays as it was', () => {
  test('a security group, by name or by id', async () => {
    const aws = owner(cloud());
    const { GroupId = '' } = await aws.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'Mine' }));
    const groups = async () =>
      (await aws.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups;
    await shown();
    const before = await groups();
    for (const named of ['web', GroupId]) {
      await withMachine(cloud(), { 'amazonec2-security-group': [named, 'default'] }, async (machine) => {
        expect(machine.driver.parts.map(({ kind }) => kind)).toEqual(['instance']);
        await machine.driver.check?.();
        await machine.make();
        expect(lastOf(cloud(), 'RunInstances')).toMatchObject({ 'NetworkInterface.1.SecurityGroupId.1': GroupId });
      });
    }
    expect(await groups()).toEqual(before);
  });

  test("a private key, which opens the machine with the account's pair of it or without", async () => {
    const key = '/home/ann/.ssh/id_ed25519';
    await withMachine(cloud(), { 'amazonec2-ssh-keypath': key }, async (machine) => {
      expect(machine.driver.key).toBe(key);
      await machine.make();
      expect(await machine.driver.endpoint(machine.made)).toMatchObject({ identity: { file: key } });
    });
  });

  test('an elastic address, by address or by id', async () => {
    const aws = owner(cloud());
    const { AllocationId = '', PublicIp = '' } = await aws.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await shown();
    for (const named of [AllocationId, PublicIp]) {
      await withMachine(cloud(), { 'amazonec2-elastic-ip': named }, async (machine) => {
        expect(machine.driver.parts.map(({ kind }) => kind)).toEqual(['security-group', 'instance']);
        await machine.driver.check?.();
        await machine.make();
        expect((await machine.driver.endpoint(machine.made))?.host).toBe(PublicIp);
        expect(await refusal({ 'amazonec2-elastic-ip': named })).toMatchObject({
          code: 'bad-input',
          message: `The elastic address "${named}" is in use by "${machine.made.instance}"`,
        });
      });
    }
    const { Addresses } = await aws.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
    expect(Addresses).toEqual([expect.objectContaining({ PublicIp })]);
    expect(Addresses?.[0]?.AssociationId).toBeUndefined();
  });

  test('a key pair', async () => {
    await owner(cloud()).send(new CreateKeyPairCommand({ KeyName: 'mine' }));
    await withMachine(cloud(), { 'amazonec2-keypair-name': 'mine' }, async (machine) => {
      await machine.driver.check?.();
      await machine.make();
      expect(lastOf(cloud(), 'RunInstances').KeyName).toBe('mine');
    });
  });

  test('a network and a subnet', async () => {
    const { Vpc } = await owner(cloud()).send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
    const subnet = { VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24', AvailabilityZone: 'us-east-1a' };
    const { Subnet } = await owner(cloud()).send(new CreateSubnetCommand(subnet));
    for (const values of [{ 'amazonec2-vpc-id': Vpc?.VpcId }, { 'amazonec2-subnet-id': Subnet?.SubnetId }]) {
      await withMachine(cloud(), values, async (machine) => {
        await machine.driver.check?.();
        await machine.make();
        expect(lastOf(cloud(), 'RunInstances')['NetworkInterface.1.SubnetId']).toBe(Subnet?.SubnetId);
        expect(lastOf(cloud(), 'CreateSecurityGroup').VpcId).toBe(Vpc?.VpcId);
      });
    }
    expect(await refusal({ 'amazonec2-vpc-id': Vpc?.VpcId, 'amazonec2-zone': 'b' })).toMatchObject({
      message: 'The network has no subnet in "us-east-1b"',
      hint: 'It has one in: us-east-1a',
    });
    expect(await refusal({ 'amazonec2-subnet-id': Subnet?.SubnetId, 'amazonec2-zone': 'b' })).toMatchObject({
      message: `The subnet "${Subnet?.SubnetId}" is in "us-east-1a", not in "us-east-1b"`,
    });
  });

  test('a subnet with IPv6 addresses', async () => {
    const aws = owner(cloud());
    const { Vpc } = await aws.send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }));
    const VpcId = Vpc?.VpcId;
    await aws.send(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
    const { Subnet } = await aws.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.8.1.0/24', AvailabilityZone: 'us-east-1a' }),
    );
    const SubnetId = Subnet?.SubnetId;
    const values = { 'amazonec2-subnet-id': SubnetId, 'amazonec2-ipv6': true };
    expect(await refusal(values)).toMatchObject({ message: `The subnet "${SubnetId}" has no IPv6 addresses to give` });
    const { Vpcs } = await aws.send(new DescribeVpcsCommand({ VpcIds: [VpcId ?? ''] }));
    const block = Vpcs?.[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock?.replace('/56', '/64') ?? '';
    await aws.send(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock: block }));
    await withMachine(cloud(), values, async (machine) => {
      await machine.driver.check?.();
      await machine.make();
      expect(lastOf(cloud(), 'RunInstances')['NetworkInterface.1.Ipv6AddressCount']).toBe('1');
    });
  });
});

describe('what the user names and is not there is refused with what is near', () => {
  test.each<[string, FlagValues, object]>([
    [
      'type',
      { 'amazonec2-instance-type': 't3.mikro' },
      { message: 'There is no instance type "t3.mikro" in "us-east-1"', hint: expect.stringContaining('t3.micro') },
    ],
    [
      'image',
      { 'amazonec2-ami': 'ami-0123456789abcdef0' },
      { message: 'There is no image "ami-0123456789abcdef0" for "x86_64" in "us-east-1"' },
    ],
    [
      'pattern of images',
      { 'amazonec2-ami': 'self/docker-*' },
      { message: 'There is no image "self/docker-*" for "x86_64" in "us-east-1"' },
    ],
    [
      'security group',
      { 'amazonec2-security-group': ['defalt'] },
      {
        message: expect.stringMatching(/^There is no security group "defalt" in "vpc-/),
        hint: expect.stringContaining('default'),
      },
    ],
    [
      'key pair',
      { 'amazonec2-keypair-name': 'mein' },
      { message: 'There is no key pair "mein" in "us-east-1"', hint: 'There are: mine' },
    ],
    [
      'subnet',
      { 'amazonec2-subnet-id': 'subnet-0123abcd' },
      { message: 'There is no subnet "subnet-0123abcd" in "us-east-1"' },
    ],
    [
      'elastic address',
      { 'amazonec2-elastic-ip': '203.0.113.9' },
      { message: 'The account has no elastic address "203.0.113.9" in "us-east-1"' },
    ],
    ['disk so small', { 'amazonec2-root-size': 8 }, { message: 'The image needs 15 GiB, and the disk is to have 8' }],
  ])('%s', async (_, values, error) => {
    expect(await refusal(values)).toMatchObject({ code: 'bad-input', ...error });
  });

  test('image of another architecture', async () => {
    const arm = await newMachine({ 'amazonec2-instance-type': 't4g.small' });
    const image = /\((ami-[0-9a-f]+)\)/.exec((await arm.driver.plan?.())?.parts.at(-1)?.what ?? '')?.[1];
    expect(await refusal({ 'amazonec2-ami': image })).toMatchObject({ message: `The image "${image}" is for "arm64"` });
  });

  test('default network, where the account has none', async () => {
    const aws = owner(cloud(), 'eu-west-1');
    const { Subnets = [] } = await aws.send(new DescribeSubnetsCommand({}));
    for (const { SubnetId } of Subnets) await aws.send(new DeleteSubnetCommand({ SubnetId }));
    const { Vpcs = [] } = await aws.send(new DescribeVpcsCommand({}));
    for (const { VpcId } of Vpcs) await aws.send(new DeleteVpcCommand({ VpcId }));
    expect(await refusal({ 'amazonec2-region': 'eu-west-1' })).toMatchObject({
      code: 'bad-input',
      message: 'The account has no default VPC in "eu-west-1"',
      hint: expect.stringContaining('aws ec2 create-default-vpc --region eu-west-1'),
    });
  });
});

test('check asks, and changes nothing', async () => {
  const machine = await newMachine({ 'amazonec2-elastic-ip': 'new' });
  const calls = await callsOf(cloud(), async () => machine.driver.check?.());
  expect(calls.length).toBeGreaterThan(4);
  expect(calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('check tells of the quota of addresses before one is asked for', async () => {
  const aws = owner(cloud());
  const { Addresses = [] } = await aws.send(new DescribeAddressesCommand({}));
  for (let at = Addresses.length; at < 5; at += 1) await aws.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  await shown();
  expect(await refusal({ 'amazonec2-elastic-ip': 'new' })).toMatchObject({
    code: 'quota',
    message: 'The account\'s quota "EC2-VPC Elastic IPs" (L-0263D0A3) is used up in "us-east-1"',
    hint: expect.stringContaining('servicequotas/home/services/ec2/quotas/L-0263D0A3'),
  });
});
