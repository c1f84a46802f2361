import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Machine, readMachine, saveMachine } from '../../src/store/machine.ts';
import { awsError, type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { createUntilSsh, newCloudUser } from '../clouds/cli.ts';
import { wordsFor } from '../clouds/cloud.ts';
import type { User } from '../commands/cli.ts';
import { owner } from '../drivers/amazonec2/account.ts';

jest.setTimeout(120_000);

let cloud: Ec2Cloud;
let user: User;

/** A machine that is finished, as far as its record goes, and off. */
beforeAll(async () => {
  cloud = await startCloud();
  user = await newCloudUser(cloud);
  await createUntilSsh(cloud, user, 'dev', '--ttl', '2h', '--idle', '10m');
  await change({ phase: 'ready' });
  await user.slipway('stop', '--quiet', 'dev');
});

afterAll(async () => {
  await user?.slipway('rm', '--force', 'dev');
  await user?.remove();
  await cloud?.close();
});

const record = () => readMachine(user.store, 'dev');

async function change(more: Partial<Machine>): Promise<void> {
  await saveMachine(user.store, { ...(await record()), ...more });
}

/** The ends that stand on the parts at the place, in ISO 8601, once each. */
async function marks(): Promise<string[]> {
  const Filters = [{ Name: 'key', Values: ['slipway-expires'] }];
  const { Tags = [] } = await owner(cloud).send(new DescribeTagsCommand({ Filters }));
  return [...new Set(Tags.map(({ Value }) => new Date(Number(Value) * 1000).toISOString()))];
}

/** Without what a label cannot say. */
const seconds = (moment = '') => new Date(Math.floor(Date.parse(moment) / 1000) * 1000).toISOString();

test('the end is moved in the record and at the place, from where it was', async () => {
  const { lifetime: before } = await record();
  expect(await marks()).toEqual([seconds(before?.ends)]);
  const { code, stdout } = await user.slipway('extend', '--quiet', 'dev', '1h');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^"dev" has 2h\d+m left, until .* UTC\.\n$/),
  });
  const { lifetime } = await record();
  expect(Date.parse(lifetime?.ends ?? '') - Date.parse(before?.ends ?? '')).toBe(3600_000);
  expect(lifetime?.idle).toBe(600);
  expect(await marks()).toEqual([seconds(lifetime?.ends)]);
});

test('where the place cannot be told, the record stays as it was', async () => {
  const { lifetime } = await record();
  cloud.intercept = ({ what }, when) => (what === 'CreateTags' && when === 'before' ? 'drop' : undefined);
  expect(await user.slipway('extend', '--quiet', 'dev', '1h')).toMatchObject({ code: 1 });
  cloud.intercept = () => undefined;
  expect((await record()).lifetime).toEqual(lifetime);
});

test('a machine whose time is over is not started, and is extended from now on', async () => {
  await change({ lifetime: { ends: new Date(Date.now() - 3600_000).toISOString(), idle: 600 } });
  expect(await user.slipway('start', '--quiet', 'dev')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Error: The time of "dev" is over\n  Give it more first: slipway extend dev 1h. Or remove it: slipway rm dev\n',
  });
  expect((await user.slipway('extend', '--quiet', 'dev', '1h')).stdout).toMatch(/^"dev" has 59m\d+s left/);
});

test('gc takes a machine that is off, and goes when nobody uses it', async () => {
  const listed = async () => (await user.slipway('gc', '--dry-run', '--json')).stdout;
  expect(await listed()).toContain('"leftovers": []'); // its user stopped it
  const { off, ...rest } = await record();
  expect(off).toBe(true);
  await saveMachine(user.store, rest);
  expect(await listed()).toContain('it is off, and nobody used it for 10m');
});

test('one that is gone is not extended', async () => {
  const { notes } = await record();
  await change({ notes: notes.filter(({ kind }) => kind !== 'instance') });
  expect(await user.slipway('extend', '--quiet', 'dev', '1h')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"dev" is gone'),
  });
  await change({ notes });
});

test('a create that fails after its end says so, and leaves nothing', async () => {
  const flag = join(user.home, 'late');
  const clock = `const now = Date.now.bind(Date); Date.now = () => now() + (existsSync("${flag}") ? 36e5 : 0)`;
  const preload = `data:text/javascript,${encodeURIComponent(`import { existsSync } from 'node:fs'; ${clock}`)}`;
  user.env.NODE_OPTIONS = `--import=${preload}`;
  cloud.intercept = ({ what }, when) => {
    if (what !== 'RunInstances' || when !== 'before') return undefined;
    writeFileSync(flag, '');
    return awsError('UnsupportedOperation');
  };
  const { code, stderr } = await user.slipway('create', '--quiet', ...wordsFor(cloud), '--ttl', '30m', 'late');
  cloud.intercept = () => undefined;
  delete user.env.NODE_OPTIONS;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /^Error: The time of "late" was over before it was ready: .*\n {2}Give it more: --ttl/,
    ),
  });
  expect((await user.slipway('ls', '--quiet')).stdout).toBe('dev\n');
});
