import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../errors.ts';
import { findProgram } from '../program.ts';
import { type Family, familyOf } from './family.ts';
import { isInForeground } from './processes.ts';
import { asksForEnd, exitCodeFor, isTyped, type Signals } from './signals.ts';

/** Why a command cannot be started, with the exit code that shells have for it; undefined where it can. */
export interface Impossible {
  readonly code: 126 | 127;
  readonly error: SlipwayError;
}

/** Looks whether there is such a program, before anything is paid for. */
export async function impossibility(program: string, env: NodeJS.ProcessEnv): Promise<Impossible | undefined> {
  const path = program.includes('/') ? program : await findProgram(program, env);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found) return { code: 127, error: missing(program) };
  const mayRun = await access(path, constants.X_OK).then(
    () => found.isFile(),
    () => false,
  );
  if (mayRun) return undefined;
  return { code: 126, error: new SlipwayError('refused', `"${program}" is no program, or you may not run it`) };
}

/** What tells somebody at the terminal. */
export interface Telling {
  say(sentence: string): void;
  tell(error: unknown): void;
}

/**
 * Runs a command here, with the streams of this process; gives its exit code as a shell would tell it. Signals are passed
 * on. One that asks for the end gives the command ten seconds for it; what is there then, or at the next, is killed.
 * @throws SlipwayError `interrupted` where a signal came before it was started
 */
export async function runHere(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  signals: Signals,
  { say, tell }: Telling,
): Promise<number> {
  const [program = '', ...args] = command;
  // On a terminal it stays in our group, to use the terminal as we would; elsewhere its own can be signalled as a whole.
  const shared = await isInForeground();
  if (signals.first) throw new SlipwayError('interrupted', `Interrupted before "${program}" was started`);
  const child = spawn(program, args, { stdio: 'inherit', env, detached: !shared });
  const ended = endOf(child);
  if (child.pid === undefined) return ended.catch((cause) => notStarted(program, cause, tell));
  const family = familyOf(child.pid, shared);
  let ending: Promise<void> | undefined;
  const stuck = new Promise<number>((resolve) => {
    signals.give((name) => {
      if (!asksForEnd(name)) return void family.send(name);
      ending = ending ? family.kill() : askToEnd(program, family, name, shared, say);
      void ending.then(() => delay(STUCK, exitCodeFor('SIGKILL'), { ref: false })).then(resolve);
    });
  });
  const code = await Promise.race([ended, stuck]);
  await ending; // what it started may need its time as well
  return code;
}

/** In milliseconds: for how long a command that was asked to end may go on. */
const GRACE = 10_000;

/** After so many of them somebody at the terminal is told of it. */
const PATIENCE = 1000;

/** What the system itself holds on to is not waited for. */
const STUCK = 2000;

async function askToEnd(
  program: string,
  family: Family,
  name: NodeJS.Signals,
  shared: boolean,
  say: (sentence: string) => void,
): Promise<void> {
  const hasIt = shared && isTyped(name) && (await isInForeground()); // the terminal sends it to all of its group
  if (!hasIt) await family.send(name);
  if (await family.gone(PATIENCE)) return;
  say(`"${program}" has ${GRACE / 1000} s to end; Ctrl-C again kills it at once.`);
  if (await family.gone(GRACE - PATIENCE)) return;
  say(`"${program}" did not end within ${GRACE / 1000} s, and is killed.`);
  await family.kill();
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? exitCodeFor(signal) : (code ?? 0)));
  });
}

function notStarted(program: string, cause: unknown, tell: Telling['tell']): number {
  tell(new SlipwayError('refused', `"${program}" could not be started`, { cause }));
  return 126;
}

function missing(program: string): SlipwayError {
  const words = program.trim().split(/\s+/);
  return new SlipwayError('missing-program', `There is no program "${program}"`, {
    hint: words.length > 1 ? `For a line of a shell: slipway run -- sh -c '${program}'` : 'Look for it in your PATH.',
  });
}
