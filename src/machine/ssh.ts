import { spawn } from 'node:child_process';
import { codeOf } from '../errors.ts';
import { findProgram } from '../program.ts';
import { connect, sshCommand, sshCommandWith } from '../ssh/index.ts';
import { readMachine } from '../store/machine.ts';
import { knownEndpoint, targetOf } from './host.ts';
import { opensshHost } from './openssh.ts';
import type { Work } from './work.ts';

/**
 * Opens a shell on the machine, or runs a command there with the standard streams of this process; gives its exit code.
 * The system's ssh does it where there is one, else, or where `own` asks for it, ours. With `options` the words may begin
 * with flags of the system's ssh: -L, -t …
 */
export async function ssh(
  work: Work,
  name: string,
  command: readonly string[],
  own: boolean,
  options = false,
): Promise<number> {
  const host = await opensshHost(work, await readMachine(work.store, name));
  const text = command.length > 0 ? command.join(' ') : undefined;
  if (own || !(await findProgram('ssh', work.env))) return throughOwn(work, name, text);
  const { program, args } = options ? sshCommandWith(host, command) : sshCommand(host, text);
  const code = await handOver(program, args, work.env);
  if (code === FAILED) await refuseChangedKey(work, name);
  return code;
}

/** ssh(1): its own failure, or the same code of the command. */
const FAILED = 255;

/**
 * The system's ssh names one key only, and tells how to trust it: ours names both.
 * @throws StageError `unsafe`
 */
async function refuseChangedKey(work: Work, name: string): Promise<void> {
  const machine = await readMachine(work.store, name);
  const target = await targetOf(work, machine, knownEndpoint(machine));
  try {
    const connection = await connect(target, { timeout: 3000 });
    connection.close();
  } catch (error) {
    if (codeOf(error) === 'unsafe') throw error;
  }
}

/** Gives this process's streams to a program, and waits for it; gives its exit code. */
export async function handOver(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const leave = () => undefined; // the terminal sends Ctrl-C to the program as well, which decides
  process.on('SIGTERM', pass).on('SIGINT', leave);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 255));
    });
  } finally {
    process.off('SIGTERM', pass).off('SIGINT', leave);
  }
}

async function throughOwn(work: Work, name: string, command: string | undefined): Promise<number> {
  const machine = await readMachine(work.store, name);
  const connection = await connect(await targetOf(work, machine, knownEndpoint(machine)));
  try {
    return await connection.shell(command);
  } finally {
    connection.close();
  }
}
