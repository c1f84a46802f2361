import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { currentAuthority } from '../../src/machine/authority.ts';
import { writeClientSide } from '../../src/machine/context.ts';
import type { Work } from '../../src/machine/work.ts';
import { type ProgramResult, run } from '../../src/program.ts';
import { type Layout, layout } from '../../src/store/layout.ts';
import { addMachine, type Machine } from '../../src/store/machine.ts';

/** A user with a home folder, a store and a docker configuration of their own, with both our commands among their programs. */
export interface User {
  readonly home: string;
  readonly store: Layout;
  /** All of their environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs `slipway` with these words. */
  slipway(...words: string[]): Promise<ProgramResult>;
  /** Runs `slipway` with each of these lists of words, four at a time; the results come in their order. */
  slipways(lines: readonly (readonly string[])[]): Promise<ProgramResult[]>;
  /** Runs any program. */
  run(program: string, ...words: string[]): Promise<ProgramResult>;
  /** Puts the record of a finished machine into the store. */
  add(name: string, more?: Partial<Machine>): Promise<Machine>;
  /** As `add`, with certificates and a docker context, as `create` leaves a machine. */
  addReady(name: string, more?: Partial<Machine>): Promise<Machine>;
  remove(): Promise<void>;
}

export async function newUser(more: NodeJS.ProcessEnv = {}): Promise<User> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-user-'));
  const store = layout(join(home, 'store'));
  const env: NodeJS.ProcessEnv = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    HOME: home,
    SLIPWAY_HOME: store.root,
    DOCKER_CONFIG: join(home, 'docker'),
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    ...more,
  };
  await writeProgram(join(home, 'bin'));
  const work: Work = { store, env, report: () => undefined };
  const user: User = {
    home,
    store,
    env,
    run: (program, ...words) => run(program, words, { env, cwd: home }),
    slipway: (...words) => user.run('slipway', ...words),
    slipways: (lines) => fourAtATime(lines, (words) => user.slipway(...words)),
    add: async (name, rest) => {
      const machine = machineOf(name, rest);
      await addMachine(store, machine);
      return machine;
    },
    addReady: async (name, rest) => {
      const { id = '' } = await currentAuthority(work);
      const machine = await user.add(name, { ...rest, tls: { names: [], authority: id, expires: NEXT_YEAR } });
      await writeClientSide(work, machine);
      return machine;
    },
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }), // a shell that ends may still write its history
  };
  return user;
}

const NEXT_YEAR = new Date(Date.now() + 365 * 24 * 3600_000).toISOString();

/** Runs a program with each of these lists of words; the results come in their order. */
export async function fourAtATime(
  lines: readonly (readonly string[])[],
  start: (words: readonly string[]) => Promise<ProgramResult>,
): Promise<ProgramResult[]> {
  const results: ProgramResult[] = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < lines.length; n = next++) results[n] = await start(lines[n] ?? []);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return results;
}

/** The record of a finished machine. */
export function machineOf(name: string, more: Partial<Machine> = {}): Machine {
  return {
    version: 1,
    name,
    driver: 'generic',
    flags: { 'generic-ip-address': '127.0.0.1' },
    created: '2026-01-01T00:00:00.000Z',
    phase: 'ready',
    notes: [],
    endpoint: { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: 2376 },
    hostKeys: [],
    engine: { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] },
    tls: { names: [], expires: NEXT_YEAR },
    context: name,
    adopted: true,
    ...more,
  };
}

async function writeProgram(folder: string): Promise<void> {
  if (!existsSync('dist/commands')) throw new Error('There is no build to test: npm run build');
  await mkdir(folder);
  for (const name of ['slipway', 'docker-machine']) {
    const script = `#!/bin/sh\nexec ${process.execPath} ${resolve(`bin/${name}.js`)} "$@"\n`;
    await writeFile(join(folder, name), script, { mode: 0o755 });
  }
}
