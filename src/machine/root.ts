import { SlipwayError } from '../errors.ts';
import { allowWithout, asRoot, endsOpening, opening, parseOpening, type Sudo } from '../provision/index.ts';
import type { Connection, RunOptions, RunResult, Talk } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** Runs a script as root on a host. */
export type Root = (script: string, options: Omit<RunOptions, 'input'>) => Promise<RunResult>;

/** A way to run scripts as root, and what was seen of the host while it was found. */
export interface Rooted {
  readonly root: Root;
  /** What the script `detect` says; absent where nobody looked yet. */
  readonly seen?: string;
}

/**
 * Finds out how to become root; asks for the password where sudo wants one. The record gets to know it once it was seen
 * to work: before that nothing can have been changed on the host.
 * @param talk the host's answer to `opening`, where that was asked already
 */
export async function becomeRoot(work: Work, machine: Machine, connection: Connection, talk?: Talk): Promise<Rooted> {
  if (machine.sudo !== undefined) return { root: await rootBy(machine.sudo, work, machine, connection) };
  const limits = { signal: work.signal, timeout: LOOK_LIMIT };
  const shell = talk ?? (await connection.talk('sh -s', opening, limits));
  const { text, exit } = await shell.heard(endsOpening, limits);
  const { sudo } = parseOpening(text);
  const root = await rootBy(sudo, work, machine, connection);
  machine.sudo = sudo;
  return exit ? { root } : { root: firstIn(shell, root), seen: text };
}

/** While it looks at the host, an engine that hangs is waited for half a minute. */
const LOOK_LIMIT = 3 * 60_000;

async function rootBy(sudo: Sudo, work: Work, machine: Machine, connection: Connection): Promise<Root> {
  if (sudo === 'password') return withPassword(work, machine, connection);
  return (script, options) => connection.run(asRoot(sudo), { ...options, input: script });
}

/** The first script goes to the shell that waits for one; the others open their own. */
function firstIn(shell: Talk, root: Root): Root {
  let waiting: Talk | undefined = shell;
  return (script, options) => {
    if (!waiting) return root(script, options);
    const { finish } = waiting;
    waiting = undefined;
    return finish({ ...options, input: script });
  };
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
