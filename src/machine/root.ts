import { SlipwayError } from '../errors.ts';
import { allowWithout, asRoot, parseProbe, probe, type Sudo } from '../provision/index.ts';
import type { Connection, RunOptions, RunResult } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** Runs a script as root on a host. */
export type Root = (script: string, options: Omit<RunOptions, 'input'>) => Promise<RunResult>;

/**
 * Finds out how to become root; asks for the password where sudo wants one. The record gets to know it once it was seen
 * to work: before that nothing can have been changed on the host.
 */
export async function becomeRoot(work: Work, machine: Machine, connection: Connection): Promise<Root> {
  const sudo = machine.sudo ?? (await askHost(work, connection));
  const root = sudo === 'password' ? await withPassword(work, machine, connection) : plainly(sudo, connection);
  machine.sudo = sudo;
  return root;
}

function plainly(sudo: Sudo, connection: Connection): Root {
  return (script, options) => connection.run(asRoot(sudo), { ...options, input: script });
}

async function withPassword(work: Work, machine: Machine, connection: Connection): Promise<Root> {
  const user = machine.endpoint?.sshUser ?? 'USER';
  const password = await passwordFor(work, machine.name, user);
  const root: Root = (script, options) =>
    connection.run(asRoot('password'), { ...options, input: `${password}\n${script}` });
  const { code, stderr } = await root(':\n', { signal: work.signal, timeout: 60_000 });
  if (code !== 0) throw wrongPassword(machine.name, user, stderr);
  return root;
}

async function askHost(work: Work, connection: Connection): Promise<Sudo> {
  const answer = await connection.run('sh -s', { input: probe, signal: work.signal, timeout: 60_000 });
  return parseProbe(answer.stdout).sudo;
}

async function passwordFor(work: Work, name: string, user: string): Promise<string> {
  const password = work.env.SLIPWAY_SUDO_PASSWORD ?? (await work.ask?.secret(`Password for sudo on ${name}: `));
  if (password !== undefined && !password.includes('\n')) return password;
  throw new SlipwayError('refused', `On "${name}" sudo asks for a password, and there is no terminal to ask at`, {
    hint: `Set SLIPWAY_SUDO_PASSWORD, or ${allowWithout(user)}`,
  });
}

function wrongPassword(name: string, user: string, said: string): SlipwayError {
  return new SlipwayError('refused', `sudo on "${name}" did not take the password`, {
    hint: `Try again with the right one (SLIPWAY_SUDO_PASSWORD goes before the question at the terminal), or ${allowWithout(user)}`,
    ...(said.trim() === '' ? {} : { cause: new Error(said.trim()) }),
  });
}
