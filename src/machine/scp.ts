import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { createFile } from '../files.ts';
import { findProgram, sshConfig } from '../ssh/index.ts';
import { machineNames } from '../store/machine.ts';
import { handOver, opensshHost } from './ssh.ts';
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
 * that copies. @throws SlipwayError `not-found`, `missing-program`
 */
export async function copy(work: Work, request: CopyRequest): Promise<number> {
  const program = request.delta ? 'rsync' : 'scp';
  if (!(await findProgram(program, work.env))) {
    throw new SlipwayError('missing-program', `The program "${program}" is not installed`, {
      hint: request.delta ? 'Install rsync, or copy without --delta.' : 'Install the OpenSSH client.',
    });
  }
  const names = await namesIn(work, [request.from, request.to]);
  const hosts = await Promise.all(names.map((name) => opensshHost(work, name)));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-scp-'));
  try {
    const config = join(folder, 'config');
    await createFile(config, sshConfig(hosts));
    return await handOver(program, argumentsFor(request, config), work.env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function argumentsFor(request: CopyRequest, config: string): string[] {
  const sides = [sideOf(request.from), sideOf(request.to)];
  if (request.delta) {
    const shell = `ssh -F ${config}`;
    return [
      '-e',
      shell,
      ...(request.quiet ? [] : ['--progress']),
      ...(request.recursive ? ['-r'] : []),
      '--',
      ...sides,
    ];
  }
  return ['-F', config, '-3', ...(request.recursive ? ['-r'] : []), ...(request.quiet ? ['-q'] : []), '--', ...sides];
}

/** A local path that could be taken for a machine's, or for a flag, is made plain. */
function sideOf(side: string): string {
  if (remote(side)) return side;
  const path = side.replace(/^localhost:/, '');
  return path.startsWith('/') || path.startsWith('./') || path.startsWith('../') ? path : `./${path}`;
}

async function namesIn(work: Work, sides: readonly string[]): Promise<string[]> {
  const names = [...new Set(sides.flatMap((side) => remote(side)?.name ?? []))];
  if (names.length > 0) return names;
  const known = await machineNames(work.store);
  throw new SlipwayError('bad-input', 'Neither side is on a machine', {
    hint: `Write NAME:PATH for a path on one${known[0] === undefined ? '' : `: ${known[0]}:/tmp/file`}`,
  });
}

/** [USER@]NAME:PATH; a slash before the colon makes it a local path, as scp has it. */
function remote(side: string): { name: string } | undefined {
  const match = /^(?:[^/:@]+@)?([^/:@]+):/.exec(side);
  return match?.[1] === undefined || match[1] === 'localhost' ? undefined : { name: match[1] };
}
