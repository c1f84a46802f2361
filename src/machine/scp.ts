import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { createFile } from '../files.ts';
import { findProgram } from '../program.ts';
import { type Place, scpCommand, sshConfig } from '../ssh/index.ts';
import { machineNames, readMachine } from '../store/machine.ts';
import { opensshHost } from './openssh.ts';
import { handOver } from './ssh.ts';
import type { Work } from './work.ts';

export interface CopyRequest {
  readonly from: string;
  readonly to: string;
  readonly recursive: boolean;
  readonly quiet: boolean;
  /** Send only what differs, with rsync. */
  readonly delta: boolean;
}

/**
 * Copies files between here and machines: each side is PATH or [USER@]NAME:PATH. Gives the exit code of the program
 * that copies.
 * @throws SlipwayError `bad-input`, `not-found`, `missing-program`
 */
export async function copy(work: Work, request: CopyRequest): Promise<number> {
  const program = request.delta ? 'rsync' : 'scp';
  if (!(await findProgram(program, work.env))) throw missing(program);
  const sides: Sides = [placeOf(request.from), placeOf(request.to)];
  const names = await namesIn(work, sides);
  const hosts = await Promise.all(names.map(async (name) => opensshHost(work, await readMachine(work.store, name))));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-scp-'));
  try {
    const config = join(folder, 'config');
    await createFile(config, sshConfig(hosts));
    const command = request.delta
      ? rsyncCommand(config, sides, request)
      : scpCommand(config, [sides[0]], sides[1], request);
    return await handOver(command.program, command.args, work.env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Sides = readonly [Place, Place];

/** [USER@]NAME:PATH; a slash before the colon makes it a path here, as scp has it, and so does the name "localhost". */
function placeOf(side: string): Place {
  const match = /^((?:[^/:@]+@)?[^/:@]+):(.*)$/s.exec(side);
  if (match?.[1] === undefined || match[2] === undefined) return { path: side };
  return match[1] === 'localhost' ? { path: match[2] } : { alias: match[1], path: match[2] };
}

async function namesIn(work: Work, sides: Sides): Promise<string[]> {
  const aliases = sides.flatMap(({ alias }) => alias ?? []);
  if (aliases.length > 0) return [...new Set(aliases.map((alias) => alias.split('@').at(-1) ?? alias))];
  const [example = 'dev'] = await machineNames(work.store);
  throw new SlipwayError('bad-input', 'Neither side is on a machine', {
    hint: `Write NAME:PATH for a path on one: ${example}:/tmp/file`,
  });
}

function rsyncCommand(config: string, sides: Sides, { recursive, quiet }: CopyRequest) {
  const flags = [...(quiet ? [] : ['--progress']), ...(recursive ? ['-r'] : [])];
  return { program: 'rsync', args: ['-e', `ssh -F ${config}`, ...flags, '--', ...sides.map(rsyncWord)] };
}

/** Neither a flag nor, with a colon in it, another host. */
function rsyncWord({ alias, path }: Place): string {
  if (alias !== undefined) return `${alias}:${path}`;
  return /^(-|[^/]*:)/.test(path) ? `./${path}` : path;
}

function missing(program: string): SlipwayError {
  return new SlipwayError('missing-program', `The program "${program}" is not installed`, {
    hint: program === 'rsync' ? 'Install rsync, or copy without --delta.' : 'Install the OpenSSH client.',
  });
}
