import { describe, expect, test } from '@jest/globals';
import { hintOf, sentenceOf } from '../../../src/errors.ts';
import { awsError } from '../../clouds/amazonec2/index.ts';
import { newMachine, refuse, small, withAccount } from './account.ts';

const cloud = withAccount();

type Row = [code: string, status: number, action: string, kind: string, sentence: string];

const rows: Row[] = [
  ['AuthFailure', 401, 'DescribeVpcs', 'no-credentials', 'AWS does not accept the credentials'],
  ['RequestExpired', 400, 'DescribeVpcs', 'no-credentials', 'AWS does not accept the credentials'],
  ['ExpiredToken', 400, 'DescribeVpcs', 'no-credentials', 'AWS does not accept the credentials'],
  ['UnauthorizedOperation', 403, 'RunInstances', 'denied', 'AWS does not allow you "ec2:RunInstances" in "us-east-1"'],
  ['OptInRequired', 401, 'RunInstances', 'denied', 'AWS does not allow you "ec2:RunInstances" in "us-east-1"'],
  [
    'VcpuLimitExceeded',
    400,
    'RunInstances',
    'quota',
    'The account\'s quota "Running On-Demand Standard instances" (L-1216C47A) is used up in "us-east-1"',
  ],
  [
    'MaxSpotInstanceCountExceeded',
    400,
    'RunInstances',
    'quota',
    'The account\'s quota "All Standard Spot Instance Requests" (L-34B43A08) is used up in "us-east-1"',
  ],
  [
    'SecurityGroupLimitExceeded',
    400,
    'CreateSecurityGroup',
    'quota',
    'The account\'s quota "VPC security groups per Region" (L-E79EC296) is used up in "us-east-1"',
  ],
  [
    'VolumeLimitExceeded',
    400,
    'RunInstances',
    'quota',
    'The account\'s quota "VolumeLimitExceeded" is used up in "us-east-1"',
  ],
  [
    'InsufficientInstanceCapacity',
    500,
    'RunInstances',
    'no-capacity',
    'AWS has no "t3.micro in us-east-1a" left at the moment',
  ],
  [
    'InsufficientFreeAddressesInSubnet',
    400,
    'RunInstances',
    'no-capacity',
    'AWS has no "t3.micro in us-east-1a" left at the moment',
  ],
  ['Unsupported', 400, 'RunInstances', 'no-capacity', 'AWS has no "t3.micro in us-east-1a" left at the moment'],
  ['SpotMaxPriceTooLow', 400, 'RunInstances', 'no-capacity', 'AWS has no "t3.micro in us-east-1a" left at the moment'],
  ['RequestLimitExceeded', 503, 'DescribeVpcs', 'throttled', 'AWS asks for patience: too many requests in "us-east-1"'],
  ['InvalidParameterValue', 400, 'RunInstances', 'bad-input', 'AWS does not take what "RunInstances" was asked with'],
  [
    'InvalidVpcID.NotFound',
    400,
    'CreateSecurityGroup',
    'not-found',
    'AWS knows nothing by that name in "us-east-1" ("CreateSecurityGroup")',
  ],
  ['InternalError', 500, 'RunInstances', 'refused', 'AWS has trouble of its own with "RunInstances"'],
  ['OperationNotPermitted', 400, 'RunInstances', 'refused', 'AWS refused "RunInstances" ("OperationNotPermitted")'],
];

describe('what AWS says', () => {
  test.each(rows)('%s (%i) to %s is %s', async (code, status, action, kind, sentence) => {
    const machine = await newMachine({});
    try {
      refuse(cloud(), action, code, { status, message: 'As AWS puts it' });
      const error = await machine.make().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: kind, message: sentence });
      expect(sentenceOf(error)).toBe(`${sentence}: As AWS puts it`);
    } finally {
      cloud().intercept = () => undefined;
      await machine.remove();
    }
  });

  test('names the permission that AWS names, and leaves out what nobody can read', async () => {
    const message = `User: arn:aws:iam::123456789012:user/ann is not authorized to perform: ec2:CreateTags. Encoded: ${'x'.repeat(900)}`;
    refuse(cloud(), 'CreateSecurityGroup', 'UnauthorizedOperation', { status: 403, message });
    const error = await (await newMachine({})).make().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'denied', message: 'AWS does not allow you "ec2:CreateTags" in "us-east-1"' });
    expect(sentenceOf(error).length).toBeLessThan(250);
    expect(hintOf(error)).toContain('docs/drivers/amazonec2.md');
  });
});

describe('what passes is tried again', () => {
  test('as often as was said, and as late as AWS says', async () => {
    refuse(cloud(), 'DescribeVpcs', 'RequestLimitExceeded', { status: 503, headers: { 'Retry-After': '1' }, most: 1 });
    const began = performance.now();
    await (await newMachine({ 'amazonec2-retries': 1 })).driver.check?.();
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  test('also where a gateway on the way to AWS says it, on a page of its own', async () => {
    const pages = ['<html><title>Bad Gateway<br></html>', '', '<Response><Errors><Error><Code>Inter'];
    for (const body of pages) {
      let asked = 0;
      cloud().intercept = ({ what }, when) => {
        if (what !== 'DescribeVpcs' || when === 'after') return undefined;
        asked += 1;
        return asked === 1 ? { status: 502, headers: { 'Content-Type': 'text/html' }, body } : undefined;
      };
      await (await newMachine({ 'amazonec2-retries': 1 })).driver.check?.();
      expect(asked).toBe(2);
    }
  });

  test('but an address is asked for once only, unless AWS was just busy', async () => {
    let asked = 0;
    cloud().intercept = ({ what }, when) => {
      if (what !== 'AllocateAddress' || when === 'after') return undefined;
      asked += 1;
      return asked === 1 ? awsError('RequestLimitExceeded', { status: 503 }) : 'drop';
    };
    const machine = await newMachine({ 'amazonec2-elastic-ip': 'new', 'amazonec2-retries': 5 });
    await expect(machine.make()).rejects.toMatchObject({ code: 'failed' });
    expect(asked).toBe(2);
    cloud().intercept = () => undefined;
    await machine.remove();
  });
});

describe('without an answer', () => {
  test('because there is nobody, the sentence says so', async () => {
    const machine = await newMachine({ 'amazonec2-endpoint': 'http://127.0.0.1:9' });
    await expect(machine.driver.check?.()).rejects.toMatchObject({
      code: 'failed',
      message: 'AWS cannot be reached in "us-east-1"',
    });
  });

  test('because the work was broken off, it says that', async () => {
    const abort = new AbortController();
    const machine = await newMachine({}, { signal: abort.signal });
    cloud().intercept = () => {
      abort.abort();
      return new Promise((resolve) => setTimeout(resolve, 200, undefined));
    };
    await expect(machine.driver.check?.()).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('because nobody has credentials, it says where they were looked for', async () => {
    const { AWS_ACCESS_KEY_ID, ...kept } = { ...process.env };
    delete process.env.AWS_ACCESS_KEY_ID;
    try {
      const machine = await newMachine(small);
      const error = await machine.driver.check?.().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'no-credentials', message: 'There are no credentials for AWS' });
      expect(hintOf(error)).toContain('AWS_PROFILE');
      expect(hintOf(error)).toContain('aws sso login');
    } finally {
      Object.assign(process.env, kept, { AWS_ACCESS_KEY_ID });
    }
  });
});
