import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeClientSide } from '../../src/machine/context.ts';
import { bootstrapCertificates } from '../../src/machine/old-certs.ts';
import type { Work } from '../../src/machine/work.ts';
import type { ProgramResult } from '../../src/program.ts';
import { dockerMachineLayout } from '../../src/store/docker-machine/layout.ts';
import type { Layout } from '../../src/store/layout.ts';
import { addMachine, type Machine } from '../../src/store/machine.ts';
import { fourAtATime, machineOf, newUser, type User } from '../commands/cli.ts';

/** Somebody who works with docker-machine, whose command is ours. */
export interface OldUser {
  readonly user: User;
  /** The store in docker-machine's own layout. */
  readonly store: Layout;
  readonly work: Work;
  /** Runs `docker-machine` with these words. */
  machine(...words: string[]): Promise<ProgramResult>;
  /** Runs `docker-machine` with each of these lists of words, four at a time; the results come in their order. */
  machines(lines: readonly (readonly string[])[]): Promise<ProgramResult[]>;
  /** As `machine`, with these variables and this standard input. */
  with(env: NodeJS.ProcessEnv, input: string, ...words: string[]): Promise<ProgramResult>;
  /** Puts a finished machine into the store, with its certificates. */
  add(name: string, more?: Partial<Machine>): Promise<void>;
  remove(): Promise<void>;
}

export async function newOldUser(more: NodeJS.ProcessEnv = {}): Promise<OldUser> {
  const user = await newUser(more);
  const store = dockerMachineLayout(join(user.home, '.docker', 'machine'));
  const work: Work = { store, env: user.env, report: () => undefined };
  return {
    user,
    store,
    work,
    machine: (...words) => user.run('docker-machine', ...words),
    machines: (lines) => fourAtATime(lines, (words) => user.run('docker-machine', ...words)),
    async with(env, input, ...words) {
      const file = join(user.home, `input-${process.hrtime.bigint()}`);
      await writeFile(file, input);
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      return user.run(
        'sh',
        '-c',
        'file=$1; shift; exec env "$@" <"$file"',
        'sh',
        file,
        ...variables,
        'docker-machine',
        ...words,
      );
    },
    async add(name, rest) {
      await bootstrapCertificates(work);
      const { ca = '', caKey = '', clientCert = '', clientKey = '' } = store.oldCerts ?? {};
      const { expires = '' } = machineOf(name).tls;
      const tls = { names: [], expires, files: { ca, caKey, clientCert, clientKey } };
      const machine = machineOf(name, { tls, ...rest });
      await addMachine(store, machine);
      await writeClientSide(work, machine);
    },
    remove: () => user.remove(),
  };
}

/** A record as no version of docker-machine wrote it. */
export async function addBroken(store: Layout, name: string, text: string): Promise<void> {
  await mkdir(store.machine(name).folder, { recursive: true });
  await writeFile(store.machine(name).record, text);
}
