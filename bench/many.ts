import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DescribeImagesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { createServer as createCertificate } from '../src/certs/index.ts';
import { currentAuthority } from '../src/machine/authority.ts';
import { run } from '../src/program.ts';
import { type Ec2Cloud, type Ec2Options, startCloud } from '../test/clouds/amazonec2/index.ts';
import { newUser, type User } from '../test/commands/cli.ts';
import { type Running, startEngine } from '../test/engine/server.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../test/hosts/stand-ins.ts';
import { type Bench, duration, type Row, times } from './bench.ts';

const MANY = 100;
const LISTED = 500;
const DEAD = 50;

/**
 * A hundred machines made in one command, and five hundred listed, against EC2's API on this computer (moto). Behind the
 * instances are stand-ins: real SSH and TLS, with what one host in a chroot answered to each script. They and the API
 * share the processors with what is measured, so that the wall clock is theirs for the most part; once each.
 */
const many: Bench = {
  async rows() {
    const hosts = await startStandIns({ boot: 1000, install: 2000 });
    try {
      const made = await within({ others: hosts.url, instances: MANY + 2 }, (user, cloud) =>
        creates(user, cloud, hosts),
      );
      return [...made, ...(await within({ instances: LISTED }, lists))];
    } finally {
      await hosts.close();
    }
  },
};

async function within(options: Ec2Options, use: (user: User, cloud: Ec2Cloud) => Promise<Row[]>): Promise<Row[]> {
  const cloud = await startCloud(options);
  const user = await newUser({ ...cloud.env });
  try {
    return await use(user, cloud);
  } finally {
    await user.remove();
    await cloud.close();
  }
}

export default many;

const WORDS = ['create', '--quiet', '--driver', 'amazonec2', '--allow-from', '127.0.0.1', '--type', 't3.micro'];

async function creates(user: User, cloud: Ec2Cloud, hosts: StandIns): Promise<Row[]> {
  const create = (...words: string[]) => measured(user, [...WORDS, '--amazonec2-ssh-port', String(SSH_PORT), ...words]);
  await create('first'); // what the stand-ins say is recorded here
  const one = await create('one');
  const [calls, logins] = [cloud.calls.length, hosts.logins()];
  const all = await create('--count', String(MANY), 'web');
  const made = cloud.calls.slice(calls);
  const asked = made.filter(({ reads }) => reads).length;
  const what = `\`create --count ${MANY}\`, EC2`;
  await measured(user, ['rm', '--yes', '--quiet', '--all']);
  return [
    { what: `${what}: memory`, measured: megabytes(all.memory), target: 'under 300 MB', met: all.memory < 300e6 },
    {
      what: `${what}: wall clock`,
      measured: `${duration(all.wall)}, ${times(all.wall / one.wall)} one machine (${duration(one.wall)})`,
      target: 'at most 3 ×',
      met: all.wall <= 3 * one.wall,
    },
    { what: `${what}: processor time of ours`, measured: `${duration(all.cpu)}; of one machine ${duration(one.cpu)}` },
    {
      what: `${what}: API calls`,
      measured: `${made.length - asked} that make something, ${asked} that ask`,
      target: 'asks grow by a page',
      met: asked < MANY,
    },
    {
      what: `${what}: SSH log-ins`,
      measured: String(hosts.logins() - logins),
      target: `${MANY}`,
      met: hosts.logins() - logins === MANY,
    },
  ];
}

async function lists(user: User, cloud: Ec2Cloud): Promise<Row[]> {
  const engines = await fleet(user, cloud);
  try {
    const calls = cloud.calls.length;
    const { wall, memory, output } = await measured(user, ['ls', '--timeout', '2']);
    const running = output.match(/ Running .* 28\.2\.2 /g)?.length ?? 0;
    const asked = cloud.calls.length - calls;
    const what = `\`ls\` of ${LISTED} machines, ${DEAD} dead`;
    return [
      { what, measured: `${duration(wall)}, ${running} seen to run`, target: 'at most 2.5 s', met: wall <= 2500 },
      { what: `${what}: memory`, measured: megabytes(memory), target: 'under 200 MB', met: memory < 200e6 },
      {
        what: `${what}: API calls`,
        measured: String(asked),
        target: 'one a page',
        met: asked <= Math.ceil(LISTED / 200),
      },
    ];
  } finally {
    for (const engine of engines) await engine.close();
  }
}

/** Puts so many running machines into the store; the first of them are dead: they take a connection, and say nothing. */
async function fleet(user: User, cloud: Ec2Cloud): Promise<Running[]> {
  const ids = await instances(cloud);
  const { ca } = await currentAuthority({ store: user.store, env: user.env, report: () => undefined });
  const engines: Running[] = [];
  const add = async (n: number, id: string) => {
    const host = `127.250.${Math.floor(n / 200)}.${(n % 200) + 1}`;
    await user.addReady(`m-${n + 1}`, {
      driver: 'amazonec2',
      flags: { 'amazonec2-region': 'us-east-1', 'amazonec2-instance-type': 't3.micro' },
      adopted: false,
      notes: [{ kind: 'instance', key: `key-${n}`, asked: new Date().toISOString(), id }],
      endpoint: { host, sshPort: 22, sshUser: 'slipway', enginePort: PORT },
    });
    const isDead = n < DEAD;
    const pair = isDead ? undefined : await createCertificate(ca, [host]);
    engines.push(await (pair ? startEngine(pair, ca.cert, undefined, host, PORT) : silence(host)));
  };
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    await Promise.all(ids.slice(at, at + AT_ONCE).map((id, n) => add(at + n, id)));
  }
  return engines;
}

const PORT = 2376;
const AT_ONCE = 50;

async function instances(cloud: Ec2Cloud): Promise<string[]> {
  const credentials = { accessKeyId: 'owner', secretAccessKey: 'x' };
  const aws = new EC2Client({ region: 'us-east-1', endpoint: cloud.console, credentials });
  const { Images } = await aws.send(new DescribeImagesCommand({ Owners: ['136693071363'] }));
  const asked = {
    ImageId: Images?.[0]?.ImageId,
    InstanceType: 't3.micro',
    MinCount: LISTED,
    MaxCount: LISTED,
  } as const;
  const { Instances = [] } = await aws.send(new RunInstancesCommand(asked));
  return Instances.map(({ InstanceId = '' }) => InstanceId);
}

async function silence(host: string): Promise<Running> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(PORT, host);
  await once(server, 'listening');
  return {
    port: PORT,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Measured {
  readonly wall: number;
  /** Of the process itself, in milliseconds. */
  readonly cpu: number;
  /** The most that it had at once, in bytes. */
  readonly memory: number;
  readonly output: string;
}

/** At its end the process writes what it has used to the file that SLIPWAY_USED names. */
const TELL = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.SLIPWAY_USED, JSON.stringify(process.resourceUsage())));`;

async function measured(user: User, words: readonly string[]): Promise<Measured> {
  const used = join(user.home, 'used');
  const env = { ...user.env, SLIPWAY_USED: used, NODE_OPTIONS: `--import=data:text/javascript,${encodeURI(TELL)}` };
  const began = performance.now();
  const { code, stdout, stderr } = await run('slipway', words, { env, cwd: user.home });
  const wall = performance.now() - began;
  if (code !== 0) throw new Error(`slipway ${words.join(' ')}: ${stderr}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(await readFile(used, 'utf8'));
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS * 1024, output: stdout };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
