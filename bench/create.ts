import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../src/program.ts';
import { fingerprint } from '../src/ssh/index.ts';
import { newUser, type User } from '../test/commands/cli.ts';
import { bootForeignHost, type ForeignHost } from '../test/e2e/foreign.ts';
import { type Bench, duration, type Ground, median, type Row, times } from './bench.ts';
import { asDockerMachine, READY_FOR_DOCKER_MACHINE, WITHOUT_DOCKER_MACHINE } from './docker-machine.ts';
import { type Relay, startRelay } from './relay.ts';

/** How long the slow line takes there and back, in milliseconds. */
const ROUND_TRIP = 100;

const NEAR = '127.0.0.1';
const FAR = '127.0.0.2';

/**
 * The creation of a machine with generic, of a Debian in QEMU that runs containers already: what is done there is to
 * restart its engine, so one plain `ssh` that does so is what it is compared with. Each creation is undone by `rm`.
 */
const create: Bench = {
  async rows(ground) {
    const host = await bootForeignHost();
    try {
      const key = join(ground.folder, 'key');
      await writeFile(key, host.client.privateKey, { mode: 0o600 });
      await host.run(READY_FOR_DOCKER_MACHINE);
      return [...(await near({ ground, host, key })), ...(await far({ ground, host, key }))];
    } finally {
      await host.remove();
    }
  },
};

export default create;

interface Taken {
  readonly ground: Ground;
  readonly host: ForeignHost;
  /** The file of the key that is let in. */
  readonly key: string;
}

async function near(taken: Taken): Promise<Row[]> {
  const { ground, host } = taken;
  const line = await startRelay(() => host.sshPort, 0);
  const user = await newUser();
  const took = await inTurns(ground.runs, {
    plain: () => restartOver(taken, host.sshPort),
    create: () => createAndRemove(taken, user, line),
    fresh: () => asNewUser((newcomer) => createAndRemove(taken, newcomer, line)),
    ...oldOf(taken, host.sshPort),
  });
  const connections = line.connections() / (2 * (ground.runs + 1) * 2); // a create and an rm, each as two users
  await user.remove();
  await line.close();
  const added = took.fresh - took.create;
  const what = '`create` with generic, an engine runs';
  return [
    { what: '`ssh HOST systemctl restart docker`', measured: duration(took.plain) },
    {
      what,
      measured: `${times(took.create / took.plain)} that (${duration(took.create)})`,
      target: 'at most 1.5 ×',
      met: took.create <= 1.5 * took.plain,
      ...beside(took.old),
    },
    {
      what: `${what}: SSH connections`,
      measured: String(connections),
      target: 'one',
      met: connections === 1,
    },
    {
      what: `${what}: on a new store, with its keys`,
      measured: `${duration(Math.max(0, added))} more (${duration(took.fresh)})`,
      target: 'under 0.3 s more',
      met: added < 300,
    },
  ];
}

async function far(taken: Taken): Promise<Row[]> {
  const { ground, host } = taken;
  // At an address of its own: the engine's port must be the same before the relay and behind it.
  const line = await startRelay(() => host.sshPort, ROUND_TRIP, { host: FAR, port: 0 });
  const engine = await startRelay(() => host.enginePort, ROUND_TRIP, { host: FAR, port: host.enginePort });
  const user = await newUser();
  const commands = await asDockerMachine({ host: FAR, port: line.port, key: taken.key, enginePort: host.enginePort });
  let roundTrips = 0;
  const took = await inTurns(ground.runs, {
    create: async () => {
      const before = line.roundTrips() + engine.roundTrips();
      return createAndRemove(taken, user, line, FAR, () => {
        roundTrips = line.roundTrips() + engine.roundTrips() - before;
      });
    },
    commands: async () => {
      const wall = await timed(commands);
      await host.run(WITHOUT_DOCKER_MACHINE);
      return wall;
    },
    ...oldOf(taken, line.port, FAR),
  });
  await user.remove();
  await line.close();
  await engine.close();
  const what = `the same, ${ROUND_TRIP} ms away`;
  return [
    {
      what,
      measured: duration(took.create),
      ...(took.old === undefined ? {} : { target: '5 × faster', met: took.old >= 5 * took.create }),
      ...beside(took.old),
    },
    {
      what: `${what}: what docker-machine does on the host`,
      measured: `${times(took.commands / took.create)} that (${duration(took.commands)})`,
      target: 'at least 5 ×',
      met: took.commands >= 5 * took.create,
    },
    { what: `${what}: round trips`, measured: String(roundTrips), target: 'at most 15', met: roundTrips <= 15 },
  ];
}

/** In milliseconds: of the creation alone. */
async function createAndRemove(
  { host, key }: Taken,
  user: User,
  line: Relay,
  address = NEAR,
  created: () => void = () => undefined,
): Promise<number> {
  const flags = {
    driver: 'generic',
    'generic-ip-address': address,
    'generic-ssh-port': line.port,
    'generic-ssh-user': 'root',
    'generic-ssh-key': key,
    'generic-engine-port': host.enginePort,
    'generic-host-key': fingerprint(host.hostKey.publicKey),
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const wall = await timed(() => must(user.slipway('create', '--quiet', ...words, 'bench')));
  created();
  await must(user.slipway('rm', '--yes', '--quiet', 'bench'));
  await forgetStarts(host);
  return wall;
}

async function asNewUser(work: (user: User) => Promise<number>): Promise<number> {
  const user = await newUser();
  try {
    return await work(user);
  } finally {
    await user.remove();
  }
}

async function restartOver({ host, key }: Taken, port: number): Promise<number> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const words = [...options.flatMap((option) => ['-o', option]), '-i', key, '-p', String(port), 'root@127.0.0.1'];
  const wall = await timed(() => must(run('ssh', [...words, 'systemctl', 'restart', 'docker'])));
  await forgetStarts(host);
  return wall;
}

/** systemd refuses to start a unit that it has started too often of late. */
async function forgetStarts(host: ForeignHost): Promise<void> {
  await host.run('systemctl reset-failed docker');
}

/** The same with docker-machine, where there is one; what it leaves on the host makes its next creation no slower. */
function oldOf({ ground, host, key }: Taken, port: number, address = NEAR): { old?: () => Promise<number> } {
  const { dockerMachine, folder } = ground;
  if (!dockerMachine) return {};
  const env = { ...process.env, MACHINE_STORAGE_PATH: join(folder, 'old') };
  const at = ['--generic-ip-address', address, '--generic-ssh-port', String(port), '--generic-ssh-key', key];
  const words = ['create', '--driver', 'generic', ...at, '--generic-engine-port', String(host.enginePort), 'bench'];
  return {
    old: async () => {
      const wall = await timed(() => must(run(dockerMachine, words, { env })));
      await must(run(dockerMachine, ['rm', '-y', 'bench'], { env }));
      await forgetStarts(host);
      return wall;
    },
  };
}

function beside(old: number | undefined): Partial<Row> {
  return old === undefined ? {} : { old: duration(old) };
}

/** Does each so often, in turns, after once for the caches; the medians of what they give. */
async function inTurns<W extends Readonly<Record<string, () => Promise<number>>>>(
  runs: number,
  works: W,
): Promise<{ readonly [K in keyof W]: number }> {
  const took = new Map(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let turn = 0; turn <= runs; turn++) {
    for (const [name, work] of Object.entries(works)) {
      const one = await work();
      if (turn > 0) took.get(name)?.push(one);
    }
  }
  const medians = Object.fromEntries([...took].map(([name, all]) => [name, median(all)]));
  return medians as { readonly [K in keyof W]: number };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function must(running: Promise<{ readonly code: number; readonly stderr: string }>): Promise<void> {
  const { code, stderr } = await running;
  if (code !== 0) throw new Error(stderr);
}
