import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { chooseAccelerator } from '../../src/drivers/qemu/accelerator.ts';
import { qemuArgs, qemuProgram } from '../../src/drivers/qemu/command.ts';
import { readDefinition } from '../../src/drivers/qemu/definition.ts';
import { filesOf } from '../../src/drivers/qemu/files.ts';
import { ownForwards } from '../../src/drivers/qemu/forwards.ts';
import { withMonitor } from '../../src/drivers/qemu/qmp.ts';
import { waitFor } from '../../src/poll.ts';
import { type ProgramResult, run } from '../../src/program.ts';
import { type Layout, layout } from '../../src/store/layout.ts';
import { readMachine } from '../../src/store/machine.ts';
import { filesLeft } from './left.ts';
import { unbundled } from './unbundled.ts';

/** The machine of every world. */
export const NAME = 'dev';

/** One user's home with a store and a docker configuration, and the command line with faults in it. */
export interface World {
  readonly home: string;
  readonly store: Layout;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `slipway` with these words; with faults, the variables of the preloads, also with these and a journal. */
  slipway(words: readonly string[], faults?: NodeJS.ProcessEnv): Promise<ProgramResult>;
  /** The names of the operations of a run, in their order. */
  journal(): Promise<string[]>;
  /** All that is there and would not be after nothing had ever been made. */
  left(): Promise<string[]>;
  /** The sockets at which this world's processes listen: their inodes. */
  listening(): Promise<string[]>;
  remove(): Promise<void>;
}

/**
 * A new world, with what is in the folder `template` (store/, docker/) and, as the cache of the driver qemu, with the
 * folder `images`.
 */
export async function newWorld({ template, images }: { template?: string; images?: string }): Promise<World> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-world-'));
  const store = layout(join(home, 'store'));
  if (template !== undefined) {
    await cp(template, home, { recursive: true, verbatimSymlinks: true });
    await renameKeys(join(home, 'store', 'machines'));
  }
  await mkdir(join(home, 'tmp'));
  if (images !== undefined) {
    await mkdir(store.cache, { recursive: true, mode: 0o700 });
    await symlink(images, join(store.cache, 'qemu'));
  }
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    SLIPWAY_HOME: store.root,
    DOCKER_CONFIG: join(home, 'docker'),
    LANG: 'C.UTF-8',
    NODE_DISABLE_COMPILE_CACHE: '1', // its folder is no operation of Slipway's
    SLIPWAY_QEMU_ACCEL: 'tcg',
    SLIPWAY_QEMU_CPUS: '1',
    SLIPWAY_QEMU_MEMORY: '512',
  };
  const path = join(home, 'journal');
  return {
    home,
    store,
    env,
    slipway: (words, faults) => slipway(words, faults ? { ...env, SLIPWAY_FAULT_JOURNAL: path, ...faults } : env),
    journal: async () => (await readFile(path, 'utf8')).trimEnd().split('\n'),
    left: async () => [
      ...(await filesLeft(home)),
      ...(await processesOf(home)).map(({ command }) => `process ${command}`),
    ],
    listening: () => listening(home),
    remove: async () => {
      for (const { pid } of await processesOf(home)) process.kill(pid, 'SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * Worlds from one template would have machines with the same keys, by which a process is found wherever it is: each would
 * end the others'. Every key in a file, or in a file's name, becomes another.
 */
async function renameKeys(folder: string): Promise<void> {
  const nonce = randomBytes(4).toString('hex');
  const renamed = (text: string) => text.replace(KEY, (key) => key.slice(0, -8) + mixed(key.slice(-8), nonce));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile() && /\.json|\.draft/.test(each.name))) {
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8');
    if (renamed(text) !== text) await writeFile(path, renamed(text));
  }
  for (const entry of entries.reverse()) {
    if (renamed(entry.name) !== entry.name) {
      await rename(join(entry.parentPath, entry.name), join(entry.parentPath, renamed(entry.name)));
    }
  }
}

const KEY = /slipway-[0-9a-f]{8}-[a-z0-9-]+-[0-9a-f]{8}/g;

/** Two keys stay two. */
function mixed(own: string, nonce: string): string {
  return createHash('sha256')
    .update(own + nonce)
    .digest('hex')
    .slice(0, 8);
}

const PRELOADS = { SLIPWAY_CHECKPOINT: 'recorded.mjs', SLIPWAY_FAULT_JOURNAL: 'kill.mjs' };

async function slipway(words: readonly string[], env: NodeJS.ProcessEnv): Promise<ProgramResult> {
  const preloads = Object.entries(PRELOADS).filter(([variable]) => env[variable] !== undefined);
  const imports = preloads.flatMap(([, file]) => ['--import', resolve('test/faults', file)]);
  return run(process.execPath, [...imports, await unbundled(), ...words], { env });
}

/** Starts the QEMU of the world's machine, as it was started when the world's files were copied, on a disk of its own. */
export async function powerOn(world: World, disk: string): Promise<void> {
  const { notes } = await readMachine(world.store, NAME);
  const files = filesOf(world.store.machine(NAME).driver);
  const definition = await readDefinition(files.definition);
  const key = notes.find(({ kind }) => kind === 'instance')?.key;
  if (!definition || key === undefined) throw new Error('There is no machine to start');
  await cp(disk, files.disk);
  const image = { ...definition.image, folder: join(world.store.cache, 'qemu', basename(definition.image.folder)) };
  const { arch } = definition.settings;
  const accelerator = await chooseAccelerator('tcg', arch, qemuProgram(arch));
  const args = qemuArgs({ key, definition: { ...definition, image }, files, accelerator, forwards: ownForwards() });
  const log = await open(files.log, 'w');
  const stdio = ['ignore' as const, log.fd, log.fd];
  spawn(qemuProgram(arch), args, { cwd: files.folder, detached: true, stdio, env: world.env }).unref();
  await log.close();
  const answers = () => withMonitor(files.socket, async () => true).catch(() => undefined);
  await waitFor({ what: 'QEMU to answer', limit: 60_000, pause: 50 }, answers).catch(async (cause: unknown) => {
    throw new Error(`QEMU did not start: ${await readFile(files.log, 'utf8')}`, { cause });
  });
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Every process that was started from this home, or works in it. */
async function processesOf(home: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const command = (await read('cmdline')).replaceAll('\0', ' ');
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const isOurs = command !== '' && [command, cwd, await read('environ')].some((text) => text.includes(home));
      return isOurs ? [{ pid: Number(pid), command }] : [];
    }),
  );
  return all.flat();
}

async function listening(home: string): Promise<string[]> {
  const listeners = [...(await table('tcp')), ...(await table('tcp6'))];
  const owned = await Promise.all((await processesOf(home)).map(({ pid }) => socketsOf(pid)));
  const ours = new Set(owned.flat());
  return listeners.filter((inode) => ours.has(inode));
}

/** Whether any of these sockets still listens, whoever has it. */
export async function stillListening(inodes: readonly string[]): Promise<boolean> {
  const listeners = [...(await table('tcp')), ...(await table('tcp6'))];
  return inodes.some((inode) => listeners.includes(inode));
}

/** The inodes of listening sockets: state 0A in the fourth column of proc(5)'s table, the inode in the tenth. */
async function table(protocol: 'tcp' | 'tcp6'): Promise<string[]> {
  const lines = (await readFile(`/proc/net/${protocol}`, 'utf8').catch(() => '')).split('\n');
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows.flatMap((row) => (row[3] === '0A' && row[9] !== undefined ? [row[9]] : []));
}

async function socketsOf(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}
