import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../../src/program.ts';
import { withLock } from '../../../src/store/lock.ts';

/** VMware's own simulator, as a program that runs here. */
export interface Simulator {
  /** "127.0.0.1:43210", without TLS. */
  readonly address: string;
  /** Everything there: machines, and files on datastores. */
  there(): Promise<Thing[]>;
  close(): Promise<void>;
}

export interface Thing {
  /** Of a machine: "vm-42". */
  readonly Id: string;
  /** "machine dev", "file [LocalDS_0] dev/disk1.vmdk" */
  readonly What: string;
  readonly State: string;
  /** What its configuration holds. */
  readonly Extra: Readonly<Record<string, string>>;
  readonly Address: string;
  /** Another one when somebody has changed its configuration. */
  readonly Digest: string;
}

/** One that only this user may ask. */
export async function startSimulator(user: string, password: string, words: readonly string[]): Promise<Simulator> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vcsim-'));
  const args = ['-username', user, '-password', password, ...words];
  const child = spawn(await program(), args, {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const address = await firstLine(child);
  return {
    address,
    there: async () => (await fetch(`http://${address}/there`)).json() as Promise<Thing[]>,
    async close() {
      child.stdin?.end();
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error('The simulator ended before it said where it listens');
}

const SOURCE = resolve('test/clouds/vsphere/vcsim');
const CACHE = resolve('node_modules/.cache/slipway-vcsim');

/** Built once from the sources, by whoever comes first. */
async function program(): Promise<string> {
  const built = join(CACHE, await digest());
  if (existsSync(built)) return built;
  await mkdir(CACHE, { recursive: true });
  await withLock(CACHE, 'build', () => build(built), { wait: 20 * 60_000 });
  return built;
}

async function digest(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(SOURCE)).sort()) hash.update(await readFile(join(SOURCE, file)));
  return hash.digest('hex').slice(0, 16);
}

async function build(built: string): Promise<void> {
  if (existsSync(built)) return;
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: process.env.GOCACHE ?? join(CACHE, 'go'),
    GOFLAGS: '',
  };
  const { code, stderr } = await run('go', ['build', '-o', `${built}.new`, '.'], { cwd: SOURCE, env });
  if (code !== 0) throw new Error(`The simulator could not be built: ${stderr}`);
  await rename(`${built}.new`, built);
}
