import { expect, test } from '@jest/globals';
import { malformed, newJudge } from './model.ts';

const judge = newJudge();
const codesFor = (form: Record<string, string>) =>
  judge({ Version: '2016-11-15', ...form }).map(({ code, what }) => `${code}: ${what}`);

const run = { Action: 'RunInstances', MinCount: '1', MaxCount: '1' };

test('a request as EC2 wants it is not complained about', () => {
  expect(
    codesFor({
      ...run,
      InstanceType: 't3.small',
      'NetworkInterface.1.DeviceIndex': '0',
      'NetworkInterface.1.SecurityGroupId.1': 'sg-0123abcd',
      'NetworkInterface.1.SecurityGroupId.2': 'sg-4567abcd',
      'BlockDeviceMapping.1.Ebs.Encrypted': 'true',
      'MetadataOptions.HttpTokens': 'required',
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'Name',
      ClientToken: 'x',
      UserData: 'I2Nsb3VkLWNvbmZpZw==',
    }),
  ).toEqual([]);
  expect(
    codesFor({
      Action: 'AuthorizeSecurityGroupIngress',
      GroupId: 'sg-0123abcd',
      'IpPermissions.1.IpProtocol': 'tcp',
      'IpPermissions.1.FromPort': '22',
      'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0',
    }),
  ).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ['another operation', { Action: 'MakeInstances' }, 'InvalidAction'],
  ['another version', { ...run, Version: '2012-01-01' }, 'NoSuchVersion'],
  ['a parameter that there is not', { ...run, Colour: 'red' }, 'UnknownParameter: The parameter RunInstances.Colour'],
  [
    'one further down',
    { ...run, 'MetadataOptions.Tokens': 'x' },
    'UnknownParameter: The parameter RunInstances.MetadataOptions.Tokens',
  ],
  ['a name as it stands in answers', { ...run, 'networkInterface.1.DeviceIndex': '0' }, 'UnknownParameter'],
  ['a list with a gap', { ...run, 'SecurityGroupId.2': 'sg-1' }, 'UnknownParameter'],
  ['a list that is none', { ...run, SecurityGroupId: 'sg-1' }, 'InvalidParameterValue'],
  [
    'what is missing',
    { Action: 'RunInstances', MinCount: '1' },
    'MissingParameter: The request must contain RunInstances.MaxCount',
  ],
  ['a number that is none', { ...run, MinCount: 'one' }, 'InvalidParameterValue'],
  ['a yes that is none', { ...run, EbsOptimized: 'yes' }, 'InvalidParameterValue'],
  ['a word that is not in the list', { ...run, 'MetadataOptions.HttpTokens': 'always' }, 'InvalidParameterValue'],
])('%s is complained about', (_, form, complaint) => {
  expect(codesFor(form)).toEqual([expect.stringContaining(complaint)]);
});

test('an id of another kind is refused as EC2 does', () => {
  expect(malformed({ 'InstanceId.1': 'sg-0123abcd' })?.code).toBe('InvalidInstanceID.Malformed');
  expect(malformed({ GroupId: 'sg-0123abcd' })).toBeUndefined();
});
