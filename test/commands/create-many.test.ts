import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { awsError, type Ec2Call, type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';
import { newUser, type User } from './cli.ts';

jest.setTimeout(180_000); // what a refused request may have made is looked for during half a minute

let hosts: StandIns;
let cloud: Ec2Cloud;
let user: User;

beforeAll(async () => {
  hosts = await startStandIns();
  cloud = await startCloud({ others: hosts.url, instances: 50 });
});

afterAll(async () => {
  await cloud?.close();
  await hosts?.close();
});

beforeEach(async () => {
  user = await newUser({ ...cloud.env });
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  await user.slipway('rm', '--yes', '--all');
  await user.remove();
  expect(await cloud.left()).toEqual([]);
  expect(cloud.complaints.splice(0)).toEqual([]);
});

const WORDS = ['--driver', 'amazonec2', '--allow-from', '127.0.0.1', '--amazonec2-ssh-port', String(SSH_PORT)];
const create = (...words: string[]) => user.slipway('create', '--quiet', ...WORDS, ...words);
const names = async () => (await user.slipway('ls', '--quiet')).stdout.split('\n').filter(Boolean);

/** Refuses to start the instance of this machine. */
function refuse(machine: string, code: string): void {
  cloud.intercept = (call, when) => {
    const { what, parameters } = call as Ec2Call;
    const isIts = what === 'RunInstances' && Object.values(parameters).includes(machine);
    return when === 'before' && isIts ? awsError(code) : undefined;
  };
}

/** Refuses to start instances of this type. */
function refuseType(type: string, code: string): void {
  cloud.intercept = (call, when) => {
    const { what, parameters } = call as Ec2Call;
    const isSuch = what === 'RunInstances' && parameters.InstanceType === type;
    return when === 'before' && isSuch ? awsError(code) : undefined;
  };
}

/** How often each action was called since the call of this number. */
function callsSince(first: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what } of cloud.calls.slice(first)) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}

test('twenty machines: each making call is made twenty times, and what is asked does not grow with them', async () => {
  const first = cloud.calls.length;
  const { code, stdout, stderr } = await create('--count', '20', 'web');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^20 of 20 machines are ready, after \d+ s: "web-1" … "web-20"\.\n$/);
  const { DescribeInstances = 0, DescribeSecurityGroups = 0, ...calls } = callsSince(first);
  expect(calls).toEqual({
    CreateSecurityGroup: 20,
    AuthorizeSecurityGroupIngress: 20,
    RunInstances: 20,
    DescribeImages: 1,
    DescribeInstanceTypes: 1,
    DescribeInstanceTypeOfferings: 1,
    DescribeSubnets: 1,
    DescribeVpcs: 1,
  });
  // Four times a second at most, however many wait; one machine alone needs five.
  const seconds = Number(/after (\d+) s/.exec(stdout)?.[1]) + 1;
  expect(DescribeInstances).toBeLessThan(4 * seconds);
  expect(DescribeSecurityGroups).toBeLessThan(4 * seconds);
  expect(DescribeInstances + DescribeSecurityGroups).toBeLessThan(Math.max(60, 4 * seconds));
  expect(await names()).toHaveLength(20);
});

test('a failure keeps nobody; the summary says how many are ready, and which failed and why', async () => {
  refuse('web-2', 'InsufficientInstanceCapacity');
  const { code, stdout, stderr } = await create('--count', '3', 'web', '--type', 't3.micro', '--zone', 'a');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^2 of 3 machines are ready, after \d+ s: "web-1", "web-3"\.\n1 failed: "web-2"\.\n$/);
  expect(stderr).toMatch(
    /^Error: AWS has no "t3\.micro in us-east-1a" left at the moment: .*\n(.*\n)* {2}That is "web-2"\.\n$/,
  );
  expect(await names()).toEqual(['web-1', 'web-3']);
});

test('with --all-or-nothing a failure undoes all of them', async () => {
  refuse('c', 'UnauthorizedOperation');
  const { code, stdout, stderr } = await create('--all-or-nothing', 'a', 'b', 'c');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^0 of 3 machines are ready, after \d+ s\.\n1 failed: "c"\.\n$/);
  expect(stderr).toContain('AWS does not allow you "ec2:RunInstances"');
  expect(await names()).toEqual([]);
  expect(await cloud.left()).toEqual([]);
});

test('where the place has none left, each machine undoes its try, and makes the next', async () => {
  refuseType('t3.micro', 'InsufficientInstanceCapacity');
  const first = cloud.calls.length;
  const { stdout, stderr } = await create('--type', 't3.micro,t3.small', '--zone', 'a', '--count', '20', 'web');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^20 of 20 machines are ready/);
  expect(callsSince(first)).toMatchObject({ CreateSecurityGroup: 40, DeleteSecurityGroup: 20, RunInstances: 40 });
  expect((await cloud.left()).filter((each) => each.startsWith('security group'))).toHaveLength(20);
  const { flags } = JSON.parse((await user.slipway('inspect', 'web-20')).stdout);
  expect(flags).toMatchObject({ 'amazonec2-instance-type': 't3.small' });
});

test('a name that is taken is refused before anything is made', async () => {
  await user.add('web-2');
  await user.add('WEB-3');
  const first = cloud.calls.length;
  expect(await create('--count', '3', 'web')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Error: These names are taken: "web-2", "WEB-3"\n' +
      '  Nothing has been made. Choose other names, or remove what is there: slipway rm\n',
  });
  expect(cloud.calls.length).toBe(first);
  for (const name of ['web-2', 'WEB-3']) await user.slipway('rm', '--yes', name);
});

test.each([
  [['--count', '0', 'web'], 'Expected an integer greater than or equal to 1'],
  [['--count', '1001', 'web'], 'less than or equal to 1000'],
  [['--count', '2', `${'x'.repeat(62)}`], 'cannot be the name of a machine'],
  [['--count', '2', '--all-or-nothing', '--keep-on-failure', 'web'], '--keep-on-failure'],
  [['--count', '2'], 'Which name shall the machine have?'],
])('%j is refused', async (words, sentence) => {
  const { code, stdout, stderr } = await create(...words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
});

test('a dry run of many says once what each would be', async () => {
  const { code, stdout } = await create('--dry-run', '--count', '3', 'web');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^"web-1" would be made with the driver "amazonec2":\n(.*\n)+ {2}The same of "web-2", "web-3"\.\n$/,
  );
});
