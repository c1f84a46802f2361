import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { createFile } from '../files.ts';
import { findProgram } from '../program.ts';
import { sshConfig } from '../ssh/index.ts';
import { readMachine } from '../store/machine.ts';
import { opensshHost } from './openssh.ts';
import { handOver } from './ssh.ts';
import type { Work } from './work.ts';

export interface MountRequest {
  /** Whom to log in as; the machine's own user when absent. */
  readonly user: string | undefined;
  /** The folder on the machine. */
  readonly path: string;
  /** The folder here. */
  readonly here: string;
}

/** Mounts a machine's folder here with sshfs; gives its exit code. @throws SlipwayError `missing-program` */
export async function mount(work: Work, name: string, { user, path, here }: MountRequest): Promise<number> {
  await mustBeInstalled('sshfs', work);
  const host = await opensshHost(work, await readMachine(work.store, name));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sshfs-'));
  try {
    const config = join(folder, 'config');
    await createFile(config, sshConfig([host]));
    const from = `${user === undefined ? '' : `${user}@`}${host.alias}:${path}`;
    return await handOver('sshfs', ['-F', config, from, resolve(here)], work.env);
  } finally {
    await rm(folder, { recursive: true, force: true }); // sshfs has connected by now
  }
}

/** Takes such a mount away again; gives the exit code of the program that does. @throws SlipwayError `missing-program` */
export async function unmount(work: Work, here: string): Promise<number> {
  const program = await findProgram('fusermount3', work.env); // fuse 2 had no number
  if (program === undefined) await mustBeInstalled('fusermount', work);
  return handOver(program ?? 'fusermount', ['-u', resolve(here)], work.env);
}

async function mustBeInstalled(program: 'sshfs' | 'fusermount', work: Work): Promise<void> {
  if (await findProgram(program, work.env)) return;
  const sentence = `You must have a copy of the ${program} binary locally to use the mount feature`;
  throw new SlipwayError('missing-program', sentence);
}
