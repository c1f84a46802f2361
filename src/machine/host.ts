import { randomBytes } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import type { Teller } from '../progress.ts';
import {
  asRoot,
  detect,
  type Facts,
  follow,
  parseFacts,
  parseProbe,
  probe,
  render,
  type Step,
} from '../provision/index.ts';
import { type Connection, connect, type Target, waitForSsh } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import { tellerFor, type Work } from './work.ts';

/** One SSH connection to a machine, on which everything is done as root. */
export interface Host {
  readonly connection: Connection;
  /** What there is on the host, asked anew. */
  facts(): Promise<Facts>;
  /**
   * Runs the steps as one script, telling each; gives the values that they handed back.
   * @throws SlipwayError `failed`, with the step's own hint and the last lines that it printed
   */
  carryOut(steps: readonly Step[]): Promise<Readonly<Record<string, string>>>;
}

/** Uses the machine's host over one connection, and closes it whatever happens. */
export async function withHost<T>(work: Work, machine: Machine, use: (host: Host) => Promise<T>): Promise<T> {
  const connection = await connect(await targetOf(work, machine, knownEndpoint(machine)), { signal: work.signal });
  return using(work, machine, connection, use);
}

/** As `withHost`, for a machine that has just been started: waits for its address and for each stage of SSH. */
export async function withBootingHost<T>(
  work: Work,
  machine: Machine,
  endpoint: () => Promise<Endpoint | undefined>,
  use: (host: Host) => Promise<T>,
): Promise<T> {
  const target = async () => {
    const found = await endpoint();
    return found && targetOf(work, machine, found);
  };
  const connection = await tellerFor(work, machine.name).stage('wait for SSH', (note) =>
    waitForSsh(target, { limit: BOOT_LIMIT, signal: work.signal, stage: note }),
  );
  return using(work, machine, connection, use);
}

/** The endpoint in the record. @throws SlipwayError `failed` when the machine never had one */
export function knownEndpoint(machine: Machine): Endpoint {
  if (machine.endpoint) return machine.endpoint;
  throw new SlipwayError('failed', `"${machine.name}" has no address yet`, {
    hint: `Start it: slipway start ${machine.name}`,
  });
}

/** How to reach a machine's SSH server, with the host keys that it must show. */
export async function targetOf(work: Work, machine: Machine, endpoint: Endpoint): Promise<Target> {
  return {
    host: endpoint.host,
    port: endpoint.sshPort,
    user: endpoint.sshUser,
    identity: await identityOf(work, machine, endpoint),
    hostKeys: machine.hostKeys,
  };
}

/** A machine emulated without hardware help, on a busy computer, may take minutes. */
const BOOT_LIMIT = 10 * 60_000;

async function identityOf(work: Work, machine: Machine, endpoint: Endpoint): Promise<Target['identity']> {
  if (endpoint.identity && 'agent' in endpoint.identity) {
    if (work.env.SSH_AUTH_SOCK) return { agent: work.env.SSH_AUTH_SOCK };
    throw new SlipwayError('bad-input', `"${machine.name}" is reached through an SSH agent, and none is running`, {
      hint: 'Start one (eval "$(ssh-agent)"; ssh-add), so that SSH_AUTH_SOCK is set.',
    });
  }
  const file = endpoint.identity?.file ?? work.store.machine(machine.name).identity;
  const privateKey = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SlipwayError('failed', `The SSH key "${file}" cannot be read`, { cause: error });
  });
  return { privateKey };
}

async function using<T>(
  work: Work,
  machine: Machine,
  connection: Connection,
  use: (host: Host) => Promise<T>,
): Promise<T> {
  try {
    const password = await becomeRoot(work, machine, connection);
    const input = (script: string) => (password === undefined ? script : `${password}\n${script}`);
    const root = asRoot(machine.sudo ?? 'root');
    return await use({
      connection,
      facts: async () => {
        const answer = await connection.run(root, { input: input(detect), signal: work.signal, timeout: 60_000 });
        return parseFacts(answer.stdout);
      },
      carryOut: (steps) => carryOut(work, machine, connection, root, steps, input),
    });
  } finally {
    connection.close();
  }
}

/** Finds out how to become root, and notes it in the record; gives the password where sudo wants one. */
async function becomeRoot(work: Work, machine: Machine, connection: Connection): Promise<string | undefined> {
  const sudo = machine.sudo ?? (await askHost(connection, work));
  machine.sudo = sudo;
  if (sudo !== 'password') return undefined;
  const password = work.env.SLIPWAY_SUDO_PASSWORD ?? (await work.ask?.secret(`Password for sudo on ${machine.name}: `));
  if (password !== undefined && !password.includes('\n')) return password;
  throw new SlipwayError(
    'refused',
    `On "${machine.name}" sudo asks for a password, and there is no terminal to ask at`,
    {
      hint: 'Set SLIPWAY_SUDO_PASSWORD, or allow sudo without a password.',
    },
  );
}

async function askHost(connection: Connection, work: Work): Promise<'root' | 'free' | 'password'> {
  const answer = await connection.run('sh -s', { input: probe, signal: work.signal, timeout: 60_000 });
  return parseProbe(answer.stdout).sudo;
}

async function carryOut(
  work: Work,
  machine: Machine,
  connection: Connection,
  root: string,
  steps: readonly Step[],
  input: (script: string) => string,
): Promise<Readonly<Record<string, string>>> {
  if (steps.length === 0) return {};
  const nonce = randomBytes(8).toString('hex');
  const log = logOf(work, machine.name);
  const stages = stageByStage(tellerFor(work, machine.name));
  const script = follow(nonce, {
    started: (title) => {
      log(`== ${title}`);
      stages.begin(title);
    },
    skipped: () => stages.end('it was done already'),
    done: () => stages.end(),
    failed: (_, status) => stages.fail(`exit status ${status}`),
    log,
  });
  const { code } = await connection
    .run(root, { input: input(render(steps, nonce)), onLine: script.line, signal: work.signal })
    .finally(() => stages.fail('the connection ended'));
  await log.written();
  const { gave, failed } = script.result();
  if (!failed && code === 0) return gave;
  throw new SlipwayError('failed', `On "${machine.name}" the step "${failed?.title ?? 'start'}" failed`, {
    hint: failed?.hint ?? 'Look at the log.',
    cause: new Error(failed?.lastLines || `exit status ${code}`),
  });
}

/** Turns "this began, this ended" into the stages of a teller, one at a time. */
function stageByStage(tell: Teller) {
  let settle: ((error?: Error) => void) | undefined;
  let note: (sentence: string) => void = () => undefined;
  const end = (error?: Error) => {
    settle?.(error);
    settle = undefined;
  };
  return {
    begin(title: string) {
      end();
      const ended = tell.stage(title, (tellNote) => {
        note = tellNote;
        return new Promise<void>((resolve, reject) => {
          settle = (error) => (error ? reject(error) : resolve());
        });
      });
      ended.catch(() => undefined); // the failure is thrown by whoever runs the script
    },
    end(sentence?: string) {
      if (sentence !== undefined) note(sentence);
      end();
    },
    fail: (reason: string) => end(new Error(reason)),
  };
}

/** Adds to the machine's provision log in the order of the calls; `written` waits for the last. */
function logOf(work: Work, name: string) {
  const path = work.store.machine(name).provisionLog;
  let last: Promise<void> = Promise.resolve();
  let lines: string[] = [];
  const flush = async () => {
    const text = lines.join('');
    lines = [];
    if (text !== '') await appendFile(path, text, { mode: 0o600 });
  };
  const log = (line: string) => {
    lines.push(`${new Date().toISOString()} ${line}\n`);
    if (lines.length === 1) last = last.then(flush);
  };
  return Object.assign(log, { written: () => last });
}
