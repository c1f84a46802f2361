import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newCloudUser } from '../clouds/cli.ts';
import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';
import { Refusal } from '../clouds/google/refusal.ts';
import type { User } from '../commands/cli.ts';
import { type Job, newJob, template } from './gitlab.ts';

/** Nobody answers at the addresses of its machines: a job ends while it makes one. What ends well is in test/e2e/. */
let cloud: GoogleCloud;
let user: User;
let job: Job;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(() => cloud.close(), 60_000);

beforeEach(async () => {
  user = await newCloudUser(cloud);
  const variables = { SLIPWAY_DRIVER: 'google', SLIPWAY_FLAGS: ['--allow-from 127.0.0.1', ...cloud.words].join(' ') };
  job = await newJob({ extends: '.slipway', variables, script: ['touch ran'] }, user.env, user.home);
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  await user.slipway('rm', '--all', '-y', '--quiet');
  expect(await cloud.left()).toEqual([]);
  await user.remove();
});

test('it calls nothing but the command line', async () => {
  const lines = Object.values(await template()).flatMap((each) => [
    ...(each.before_script ?? []),
    ...(each.script ?? []),
    ...(each.after_script ?? []),
  ]);
  const programs = lines.map((line) => /^(?:\w+=\$\()?(\w+)/.exec(line)?.[1]);
  expect(programs.filter((program) => !['slipway', 'unset', 'eval'].includes(program ?? ''))).toEqual([]);
});

test('a job whose machine cannot be had fails before its own script, and leaves nothing', async () => {
  const refusal = { status: 403, body: new Refusal(403, 'forbidden', 'Not for you').body() };
  cloud.intercept = ({ what }, when) => (what === 'instances.insert' && when === 'before' ? refusal : undefined);
  expect(await job.script()).toMatchObject({ code: 1, told: expect.stringContaining('Not for you') });
  expect((await user.run('ls', 'ran')).code).not.toBe(0);
  expect(await cloud.left()).toEqual([]);
  expect(await job.after()).toMatchObject({ code: 0 });
});

test('what a job has left that was killed, its after_script removes', async () => {
  const killed = await job.script((shell) => {
    cloud.intercept = ({ what }, when) => {
      if (what === 'instances.insert' && when === 'after') process.kill(-(shell.pid ?? 0), 'SIGKILL');
      return undefined;
    };
  });
  expect(killed.code).toBe(null);
  expect(await cloud.left()).toContainEqual(expect.stringMatching(/^(coming: )?instance/));
  cloud.intercept = () => undefined;
  expect(await job.after()).toMatchObject({ code: 0, told: expect.stringContaining('"gl-4711" is removed') });
  expect(await cloud.left()).toEqual([]);
});

test('what no after_script could remove, since its runner was lost, the end of the pipeline does', async () => {
  await job.script((shell) => {
    cloud.intercept = ({ what }, when) => {
      if (what === 'instances.insert' && when === 'after') process.kill(-(shell.pid ?? 0), 'SIGKILL');
      return undefined;
    };
  });
  cloud.intercept = () => undefined;
  const other = await newCloudUser(cloud); // another runner: with the store of the first the records are lost
  const variables = { SLIPWAY_DRIVER: 'google', GOOGLE_PROJECT: cloud.project };
  const sweep = await newJob({ extends: '.slipway-sweep', variables }, other.env, other.home);
  expect(await sweep.script()).toEqual({ code: 0, told: expect.stringContaining('is removed') });
  expect(await cloud.left()).toEqual([]);
  await other.remove();
});
