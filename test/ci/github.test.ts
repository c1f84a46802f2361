import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newCloudUser } from '../clouds/cli.ts';
import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';
import { Refusal } from '../clouds/google/refusal.ts';
import type { User } from '../commands/cli.ts';
import { action, type Job, newJob } from './github.ts';

/** Nobody answers at the addresses of its machines: the step ends while it makes one. What ends well is in test/e2e/. */
let cloud: GoogleCloud;
let user: User;
let job: Job;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(() => cloud.close(), 60_000);

beforeEach(async () => {
  user = await newCloudUser(cloud);
  job = await newJob(user.env);
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  await user.slipway('rm', '--all', '-y', '--quiet');
  expect(await cloud.left()).toEqual([]);
  await user.remove();
});

const inputs = () => ({ driver: 'google', flags: ['--allow-from 127.0.0.1', ...cloud.words].join(' ') });
const refusal = { status: 403, body: new Refusal(403, 'forbidden', 'Not for you').body() };

/** Ends the step when the machine has been asked for. */
const atInstance = (how: (pid: number) => void) => (step: { pid?: number | undefined }) => {
  cloud.intercept = ({ what }, when) => {
    if (what === 'instances.insert' && when === 'after') how(step.pid ?? 0);
    return undefined;
  };
};

test('the files of the action are there, and need no other', async () => {
  const { runs } = await action();
  expect(runs.using).toMatch(/^node(20|24)$/);
  expect([runs.main, runs.post].filter((file) => !existsSync(file))).toEqual([]);
  const { stdout } = await user.run(
    'grep',
    '-hoE',
    "^import .* from '.*'",
    ...[runs.main, runs.post].map((file) => `${process.cwd()}/${file}`),
    `${process.cwd()}/action/runner.js`,
  );
  const others = stdout.split('\n').filter((line) => line !== '' && !/from '(node:|\.\/runner\.js)/.test(line));
  expect(others).toEqual([]);
});

test('a step that fails leaves nothing, and the end of the job has nothing to do', async () => {
  cloud.intercept = ({ what }, when) => (what === 'instances.insert' && when === 'before' ? refusal : undefined);
  const main = await job.main(inputs());
  expect(main).toMatchObject({ code: 1, told: expect.stringContaining('::error title=Slipway::slipway create ended') });
  expect(job.env.DOCKER_HOST).toBeUndefined();
  expect(await cloud.left()).toEqual([]);
  expect(await job.post()).toMatchObject({ code: 0 });
});

test('what a killed step has left, the end of the job removes', async () => {
  const main = await job.main(
    inputs(),
    atInstance((pid) => process.kill(-pid, 'SIGKILL')),
  );
  expect(main.code).toBe(null);
  expect(await cloud.left()).toContainEqual(expect.stringMatching(/^(coming: )?instance/));
  cloud.intercept = () => undefined;
  expect(await job.post()).toMatchObject({ code: 0 });
  expect(await cloud.left()).toEqual([]);
  expect((await user.slipway('ls', '-q')).stdout).toBe('');
});

test('a step that is cancelled undoes what it made', async () => {
  const main = await job.main(
    inputs(),
    atInstance((pid) => process.kill(pid, 'SIGINT')),
  );
  expect(main).toMatchObject({ code: 1, told: expect.stringContaining('ended with 130') });
  expect(await cloud.left()).toEqual([]);
  expect(await job.post()).toMatchObject({ code: 0 });
});

test('the end of the job fails, and says so, where the machine cannot be removed', async () => {
  await job.main(
    { ...inputs(), name: 'ci' },
    atInstance((pid) => process.kill(-pid, 'SIGKILL')),
  );
  cloud.intercept = ({ what }, when) => (what === 'instances.delete' && when === 'before' ? refusal : undefined);
  const post = await job.post();
  expect(post).toMatchObject({
    code: 1,
    told: expect.stringContaining('::error title=Slipway::The machine "ci" is still there'),
  });
  expect(post.told).toContain('Not for you');
});

test('flags are words as on a command line, and ttl is one of them', async () => {
  const flags = `${inputs().flags} --cloud-init 'no such file' --open-port="70000"`;
  const { told } = await job.main({ ...inputs(), flags, ttl: '1 week' });
  expect(told).toContain('"1 week" is no length of time');
  const { told: later } = await job.main({ ...inputs(), flags, ttl: '' });
  expect(later).toMatch(/70000|no such file/);
});

test('without the command line it says how to get it', async () => {
  job.env.PATH = '/nowhere';
  const { code, told } = await job.main(inputs());
  expect(code).toBe(1);
  expect(told).toContain('npm install --global slipway');
});
