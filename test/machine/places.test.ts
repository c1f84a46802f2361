import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { awsError, type Ec2Cloud, startCloud as startEc2 } from '../clouds/amazonec2/index.ts';
import { startCloud as startAzure } from '../clouds/azure/index.ts';
import { createUntilSsh, newCloudUser } from '../clouds/cli.ts';
import { type Cloud, wordsFor } from '../clouds/cloud.ts';
import { startCloud as startGoogle } from '../clouds/google/index.ts';
import type { User } from '../commands/cli.ts';

jest.setTimeout(180_000);

let ec2: Ec2Cloud;
let azure: Cloud;
let google: Cloud;
let user: User;

beforeAll(async () => {
  [ec2, azure, google] = await Promise.all([startEc2(), startAzure(), startGoogle()]);
});

afterAll(() => Promise.all([ec2.close(), azure.close(), google.close()]));

beforeEach(async () => {
  user = await newCloudUser(ec2);
  Object.assign(user.env, azure.env, google.env);
});

afterEach(async () => {
  ec2.intercept = () => undefined;
  expect((await user.slipway('rm', '--all', '-y', '--quiet')).stderr).toBe('');
  expect([...(await ec2.left()), ...(await azure.left()), ...(await google.left())]).toEqual([]);
  await user.remove();
});

const record = async (name: string) => JSON.parse(await readFile(user.store.machine(name).record, 'utf8'));
const createEc2 = (name: string, ...more: string[]) => createUntilSsh(ec2, user, name, ...more);

describe('of several choices', () => {
  /** Says that there is none left in these zones. */
  const exhaust = (...zones: string[]) => {
    ec2.intercept = (call, when) => {
      const { what, parameters } = call as Ec2Cloud['calls'][number];
      const zone = parameters['Placement.AvailabilityZone'] ?? '';
      if (what !== 'RunInstances' || when === 'after' || !zones.includes(zone)) return undefined;
      return awsError('InsufficientInstanceCapacity', { status: 500 });
    };
  };

  test('the next is tried where there is none left, and the try before has left nothing', async () => {
    exhaust('us-east-1a');
    const told = await createEc2('dev', '--amazonec2-zone', 'a,b');
    expect(told).toContain('amazonec2-zone us-east-1b');
    expect(await record('dev')).toMatchObject({ flags: { 'amazonec2-zone': 'us-east-1b' }, untried: [] });
    const instances = (await ec2.left()).filter((each) => each.startsWith('instance'));
    expect(instances).toHaveLength(1);
  });

  test('none is had where each is refused, and what was said to each is told', async () => {
    exhaust('us-east-1a', 'us-east-1b');
    const words = [...wordsFor(ec2), '--amazonec2-zone', 'a,b'];
    const { code, stderr } = await user.slipway('create', ...words, 'dev');
    expect(code).toBe(1);
    expect(stderr).toContain('None of the 2 choices could be had');
    expect(await ec2.left()).toEqual([]);
    expect((await user.slipway('ls', '-q')).stdout).toBe('');
  });
});

describe('what machines share', () => {
  const places: [string, () => Cloud, string[]][] = [
    ['Azure', () => azure, []],
    ['Google', () => google, ['--google-network', 'own']],
  ];
  const orders = [
    ['one', 'two'],
    ['two', 'one'],
  ] as const;

  test.each(places.flatMap((place) => orders.map((order) => [...place, ...order] as const)))(
    'at %s is made once, and goes with the last of them (%#)',
    async (_, cloudOf, words, first, second) => {
      const cloud = cloudOf();
      const networks = async () =>
        (await cloud.left()).filter((each) => /virtualNetworks|^network|\/networks\//.test(each));
      await createUntilSsh(cloud, user, 'one', ...words);
      await createUntilSsh(cloud, user, 'two', ...words);
      const shared = await networks();
      expect(shared).toHaveLength(1);
      expect(await user.slipway('rm', '-y', first)).toMatchObject({ code: 0 });
      expect(await networks()).toEqual(shared);
      expect(await user.slipway('rm', '-y', second)).toMatchObject({ code: 0 });
      expect(await cloud.left()).toEqual([]);
    },
  );

  test.each(orders)(
    'at AWS is the account’s own: "%s" goes, then "%s", which had lost nothing',
    async (first, second) => {
      await createEc2('one');
      await createEc2('two');
      const { notes } = await record(second);
      expect(notes).toHaveLength(3);
      expect(await user.slipway('rm', '-y', first)).toMatchObject({ code: 0 });
      const left = (await ec2.left()).join(', ');
      for (const { id } of notes) expect(left).toContain(id);
      expect(await user.slipway('rm', '-y', second)).toMatchObject({ code: 0 });
      expect(await ec2.left()).toEqual([]);
    },
  );
});

describe('rm', () => {
  test('takes nothing for gone with the credentials of another account', async () => {
    await createEc2('dev');
    const before = await ec2.left();
    ec2.intercept = ({ what }, when) => {
      if (what !== 'DescribeSecurityGroups' || when === 'before') return undefined;
      const body = '<R><securityGroupInfo><item><ownerId>999999999999</ownerId></item></securityGroupInfo></R>';
      return { status: 200, headers: { 'Content-Type': 'text/xml;charset=UTF-8' }, body };
    };
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    expect(code).toBe(1);
    expect(stderr).toContain('"dev" is in the account "123456789012" of "amazonec2", and this is "999999999999"');
    expect(await ec2.left()).toEqual(before);
    expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
  });

  test('says what is left where the place refuses, and keeps the record', async () => {
    await createEc2('dev');
    ec2.intercept = ({ what }, when) =>
      what === 'TerminateInstances' && when === 'before'
        ? awsError('UnauthorizedOperation', { status: 403 })
        : undefined;
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Of "dev" there is still the instance "i-\w+", .*the security-group "sg-/);
    expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
  });
});

describe('the firewall of a machine', () => {
  let asked: Server;

  beforeAll(async () => {
    asked = createServer((_, response) => response.end('198.51.100.7\n'));
    await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    asked.close();
  });

  test('admits this computer, and its next address once allow-me has said so', async () => {
    await createEc2('dev', '--open-port', '80');
    user.env.SLIPWAY_ADDRESS_URL = `http://127.0.0.1:${(asked.address() as AddressInfo).port}`;
    expect((await record('dev')).ingress).toEqual({ from: ['127.0.0.1/32'], open: [{ port: 80, protocol: 'tcp' }] });
    const allowed = await user.slipway('allow-me', 'dev');
    expect(allowed).toMatchObject({ code: 0, stdout: '"dev" now also admits 198.51.100.7/32.\n' });
    expect((await record('dev')).ingress.from).toEqual(['127.0.0.1/32', '198.51.100.7/32']);
    expect(ec2.calls.at(-1)?.what).toMatch(/SecurityGroup/);
    expect((await user.slipway('allow-me', 'dev')).stdout).toBe('"dev" admits 198.51.100.7/32.\n');
  });

  test('is not opened where nobody can tell this address', async () => {
    user.env.SLIPWAY_ADDRESS_URL = 'http://127.0.0.1:9';
    const { code, stderr } = await user.slipway('create', '--driver', 'aws', 'dev');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('--allow-from') });
  });
});

test('a dry run says what would be made, for whom it is open, and makes nothing', async () => {
  const words = [...wordsFor(ec2), '--amazonec2-zone', 'a,b', '--open-port', '53/udp', '--access', 'ssh'];
  const { code, stdout, stderr } = await user.slipway('create', '--dry-run', '--quiet', ...words, 'dev');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^"dev" would be made with the driver "amazonec2":\n/);
  expect(stdout).toMatch(/ {2}instance +\S/);
  expect(stdout).toMatch(/ {2}port SSH +from 127\.0\.0\.1\/32\n/);
  expect(stdout).not.toContain('port engine');
  expect(stdout).toMatch(/ {2}port 53\/udp +from everybody\n/);
  expect(stdout).toMatch(/ {2}else +1 more/);
  expect(await ec2.left()).toEqual([]);
});

test('what is made in a run of a CI system bears its number', async () => {
  user.env.CI_PIPELINE_ID = '4711';
  const first = ec2.calls.length;
  await createEc2('dev');
  const made = ec2.calls.slice(first).find(({ what }) => what === 'RunInstances');
  expect(Object.values(made?.parameters ?? {})).toEqual(expect.arrayContaining(['slipway-run', '4711']));
});

test('ls asks once for all machines of an account', async () => {
  for (const name of ['one', 'two', 'three']) {
    await createEc2(name);
    const finished = { ...(await record(name)), phase: 'ready' };
    await writeFile(user.store.machine(name).record, JSON.stringify(finished));
  }
  const before = ec2.calls.length;
  const rows = JSON.parse((await user.slipway('ls', '--json', '-t', '20')).stdout);
  expect(rows.map(({ state }: { state: string }) => state)).toEqual(['Running', 'Running', 'Running']);
  expect(ec2.calls.slice(before).map(({ what }) => what)).toEqual(['DescribeInstances']);
});

test('credentials given as flags are used, and are in no file', async () => {
  const { AWS_ACCESS_KEY_ID: key = '', AWS_SECRET_ACCESS_KEY: secret = '' } = ec2.env;
  delete user.env.AWS_ACCESS_KEY_ID;
  delete user.env.AWS_SECRET_ACCESS_KEY;
  await createEc2('dev', '--amazonec2-access-key', key, '--amazonec2-secret-key', secret);
  const found = await user.run('grep', '-rlF', '-e', key, '-e', secret, user.home);
  expect(found.stdout).toBe('');
  const { code, stderr } = await user.slipway('rm', '-y', 'dev');
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/credentials/) });
  Object.assign(user.env, ec2.env);
});
