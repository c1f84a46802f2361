import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Job as GithubJob, newJob as newGithubJob } from '../ci/github.ts';
import { type Definition, newJob as newGitlabJob } from '../ci/gitlab.ts';
import { yaml } from '../ci/yaml.ts';
import { type Checkpoint, checkpoint } from '../faults/checkpoint.ts';
import { withProgram } from '../faults/program.ts';
import { newWorld, type World } from '../faults/world.ts';

const MINUTES = 60_000;

let from: Checkpoint;
let world: World;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  from = await checkpoint();
}, 20 * MINUTES);

beforeEach(async () => {
  world = await newWorld({ template: from.empty, images: from.images });
  env = { ...(await withProgram(world, from)), SLIPWAY_RUN_ID: 'e2e-4711' };
}, MINUTES);

afterEach(() => world.remove(), MINUTES);

/** All that a machine would leave; not our own programs, what they were given to work on, and docker's own notes. */
const left = async () => (await world.left()).filter((path) => !/^(bin|app)(\/|$)|^docker\/(buildx|\.)/.test(path));

function start(...words: string[]) {
  const child = spawn('slipway', words, { env, cwd: world.home, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = async () => {
    await closed;
    return { code: child.exitCode, stdout: await stdout, stderr: await stderr };
  };
  return { child, ended };
}

const slipway = (...words: string[]) => start(...words).ended();
const sh = (line: string) => ['sh', '-c', line];
const IMPORT = 'tar -c -C /bin busybox | docker import - hello >/dev/null';

test(
  'a command has a machine, which is gone when it ends, with its exit code',
  async () => {
    const line = `${IMPORT}; docker run --rm hello /busybox echo from a container; env | grep ^DOCKER_; exit 3`;
    env.DOCKER_CONTEXT = 'elsewhere';
    const { code, stdout, stderr } = await slipway('run', '--', ...sh(line));
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('remove the instance') });
    const [said, ...variables] = stdout.trimEnd().split('\n');
    expect(said).toBe('from a container');
    expect(variables.map((each) => each.split('=')[0]).sort()).toEqual([
      'DOCKER_CERT_PATH',
      'DOCKER_CONFIG',
      'DOCKER_HOST',
      'DOCKER_MACHINE_NAME',
      'DOCKER_TLS_VERIFY',
    ]);
    expect(await left()).toEqual([]);
  },
  5 * MINUTES,
);

test(
  'a machine that waits is used again, as good as new but for its images; what dies with it gc removes',
  async () => {
    const make = 'docker run -d --name old hello /busybox sleep 1000; docker volume create v; docker network create n';
    const first = await slipway('run', '--reuse', '--', ...sh(`${IMPORT}; ${make}; echo $DOCKER_MACHINE_NAME`));
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('waits for the next run') });
    const name = first.stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(name).toMatch(/^pool-[0-9a-f]{6}$/);
    const look =
      'docker ps -aq; docker volume ls -q; docker network ls -q --filter type=custom; docker images -q hello; echo $DOCKER_MACHINE_NAME';
    const second = await slipway('run', '--pool', '2', '--', ...sh(look));
    expect(second.stdout).toMatch(new RegExp(`^[0-9a-f]{12}\n${name}\n$`));

    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;
    for (let n = 0; n < 24; n++) {
      const { child, ended } = start(
        'run',
        '--reuse',
        '--quiet',
        '--',
        ...sh('docker run --rm hello /busybox sleep 2'),
      );
      await delay(Math.random() * 6000);
      child.kill(signals[n % signals.length]);
      const { code, stderr } = await ended();
      expect({ code, stderr }).not.toMatchObject({ code: 123 });
    }
    expect(await slipway('run', '--reuse', '--', ...sh('docker ps -aq'))).toMatchObject({ code: 0, stdout: '' });
    expect(await slipway('gc', '--yes', '--run-id', 'e2e-4711')).toMatchObject({ code: 0 });
    expect(await left()).toEqual([]);
  },
  25 * MINUTES,
);

test(
  'signals at random moments of a whole run leave nothing, and what SIGKILL leaves gc removes',
  async () => {
    const times = 6;
    for (let n = 0; n < times; n++) {
      const signal = n % 3 === 2 ? 'SIGKILL' : n % 3 === 1 ? 'SIGINT' : 'SIGTERM';
      const { child, ended } = start('run', '--', ...sh(`echo ready; sleep 3`));
      // The first half of them while it is made, the others once the command runs.
      if (n < times / 2) await delay(Math.random() * 12_000);
      else await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended()]);
      await delay(Math.random() * 4000);
      child.kill(signal);
      const { stderr } = await ended();
      if (signal !== 'SIGKILL') expect({ stderr, left: await left() }).toEqual({ stderr, left: [] });
      expect(await slipway('gc', '--yes', '--run-id', 'e2e-4711')).toMatchObject({ code: 0 });
      const folders = /^store\/machines\/[^/]+$/; // a death before the record leaves one, and nothing that costs
      expect({ stderr, left: (await left()).filter((path) => !folders.test(path)) }).toEqual({ stderr, left: [] });
    }
  },
  25 * MINUTES,
);

describe('the examples of docs/ci.md', () => {
  let blocks: string[];
  let app: string;

  beforeEach(async () => {
    const page = await readFile('docs/ci.md', 'utf8');
    blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
    app = join(world.home, 'app');
    await mkdir(app);
    await cp('/bin/busybox', join(app, 'busybox'));
    const lines = ['FROM scratch', 'COPY busybox /busybox', 'CMD ["/busybox", "echo", "built and run"]'];
    await writeFile(join(app, 'Dockerfile'), `${lines.join('\n')}\n`);
    delete env.SLIPWAY_RUN_ID;
  });

  interface Step {
    readonly uses?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly run?: string;
  }

  /** Those that get our own program, and credentials, are not what is tested here. */
  const isOurs = ({ uses, run }: Step) => uses?.includes('/slipway@') || run?.startsWith('docker');

  /** The place is this computer, instead of a cloud. */
  const doStep = async (job: GithubJob, step: Step) =>
    step.run === undefined ? job.main({ ...step.with, driver: 'qemu', flags: '' }) : job.run(step.run, app);

  test(
    'GitHub: builds an image on a machine, which is gone at the end of the job',
    async () => {
      const { jobs } = await yaml<{ jobs: { image: { steps: Step[] } } }>(blocks[0] ?? '');
      const job = await newGithubJob(env);
      const results = [];
      for (const step of jobs.image.steps.filter(isOurs)) results.push(await doStep(job, step));
      expect(results.map(({ code, told }) => (code === 0 ? 0 : told))).toEqual([0, 0, 0]);
      expect(results.at(-1)?.told).toContain('built and run');
      expect(job.outputs.host).toBe(job.env.DOCKER_HOST);
      expect(await slipway('ls', '-q')).toMatchObject({ stdout: `${job.outputs.name}\n` });
      expect(await job.post()).toMatchObject({ code: 0 });
      expect(await left()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'GitLab: builds an image on a machine, which is gone after the job',
    async () => {
      const { image } = await yaml<{ image: Definition }>(blocks[2] ?? '');
      const variables = { ...image.variables, SLIPWAY_DRIVER: 'qemu', SLIPWAY_FLAGS: '' };
      const job = await newGitlabJob({ ...image, variables }, env, app);
      const { code, told } = await job.script();
      expect({ code, told }).toEqual({ code: 0, told: expect.stringContaining('built and run') });
      expect(await slipway('ls', '-q')).toMatchObject({ stdout: 'gl-4711\n' });
      expect(await job.after()).toMatchObject({ code: 0 });
      expect(await left()).toEqual([]);
    },
    10 * MINUTES,
  );
});
