import { SlipwayError } from '../errors.ts';
import { asRoot, parseProbe, probe, type Sudo } from '../provision/index.ts';
import type { Connection, RunOptions, RunResult } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** Runs a script as root on a host. @throws SlipwayError `refused` when sudo does not take the password */
export type Root = (script: string, options: Omit<RunOptions, 'input'>) => Promise<RunResult>;

/** Finds out how to become root, and notes it in the record; asks for the password where sudo wants one. */
export async function becomeRoot(work: Work, machine: Machine, connection: Connection): Promise<Root> {
  machine.sudo ??= await askHost(work, connection);
  const command = asRoot(machine.sudo);
  if (machine.sudo !== 'password') return (script, options) => connection.run(command, { ...options, input: script });
  const password = await passwordFor(work, machine.name);
  return async (script, options) => {
    const result = await connection.run(command, { ...options, input: `${password}\n${script}` });
    const refused = result.code === 1 && result.stdout === ''; // every script of ours prints before it can fail
    if (refused) throw wrongPassword(machine.name, result.stderr);
    return result;
  };
}

async function askHost(work: Work, connection: Connection): Promise<Sudo> {
  const answer = await connection.run('sh -s', { input: probe, signal: work.signal, timeout: 60_000 });
  return parseProbe(answer.stdout).sudo;
}

async function passwordFor(work: Work, name: string): Promise<string> {
  const password = work.env.SLIPWAY_SUDO_PASSWORD ?? (await work.ask?.secret(`Password for sudo on ${name}: `));
  if (password !== undefined && !password.includes('\n')) return password;
  throw new SlipwayError('refused', `On "${name}" sudo asks for a password, and there is no terminal to ask at`, {
    hint: 'Set SLIPWAY_SUDO_PASSWORD, or allow sudo without a password.',
  });
}

function wrongPassword(name: string, said: string): SlipwayError {
  return new SlipwayError('refused', `sudo on "${name}" did not take the password`, {
    hint: 'Try again with the right one; SLIPWAY_SUDO_PASSWORD goes before the question at the terminal.',
    ...(said.trim() === '' ? {} : { cause: new Error(said.trim()) }),
  });
}
