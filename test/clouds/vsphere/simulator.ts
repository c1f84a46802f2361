import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../../src/program.ts';

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
  readonly Notes: string;
  readonly Cpus: number;
  /** In MiB, as the disks. */
  readonly Memory: number;
  readonly Disks: readonly number[] | null;
  readonly Networks: readonly string[] | null;
  readonly Pool: string;
  readonly Datastores: readonly string[] | null;
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
    there: () => whatIsThere(address).catch(() => whatIsThere(address)),
    async close() {
      child.stdin?.end();
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** On a computer with much to do an answer was cut off once in some thousand; why is not known. Asking again changes nothing. */
async function whatIsThere(address: string): Promise<Thing[]> {
  const answer = await fetch(`http://${address}/there`);
  return (await answer.json()) as Thing[];
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error('The simulator ended before it said where it listens');
}

/** script/test has built it before; else it takes a minute. */
async function program(): Promise<string> {
  const { code, stdout, stderr } = await run('script/vcsim', []);
  if (code === 0) return stdout.trim();
  throw new Error(`The simulator could not be built: ${stderr}`);
}
