import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { codeOf, SlipwayError } from './errors.ts';

export interface ProgramOptions {
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** What the program is ended with when the signal aborts; SIGTERM where not said. */
  killSignal?: NodeJS.Signals;
  /** Open files that the program finds as its descriptors 3, 4, … */
  files?: readonly number[];
  /** Given every whole line of standard output and standard error as it comes. */
  onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** The exit code; 128 + the signal's number is not used: a program ended by a signal gives -1. */
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs an external program to its end, without a shell, and gives what it printed, whatever its exit code.
 * @throws SlipwayError `missing-program` when it is not installed, `interrupted` when the signal ended it; it has
 * ended by then
 */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    signal: options.signal,
    killSignal: options.killSignal,
    stdio: ['pipe', 'pipe', 'pipe', ...(options.files ?? [])],
  }) as ChildProcessWithoutNullStreams;
  child.stdin.on('error', () => undefined); // a program that does not read its input is no failure
  child.stdin.end(options.input ?? '');
  const [code, stdout, stderr] = await Promise.all([
    ended(child, program, options.signal),
    collect(child.stdout, options.onLine),
    collect(child.stderr, options.onLine),
  ]);
  return { code, stdout, stderr };
}

/**
 * As `run`, for a program whose failure is ours: gives its standard output.
 * @throws SlipwayError `program-failed` with the last lines of its standard error as the reason
 */
export async function output(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const result = await run(program, args, options);
  if (result.code === 0) return result.stdout;
  const how = result.code < 0 ? 'was ended by a signal' : `ended with exit code ${result.code}`;
  throw new SlipwayError('program-failed', `${program} ${how}`, {
    cause: new Error(lastLines(result.stderr || result.stdout, 5) || 'it printed nothing'),
  });
}

/** The path of a program that the user could start by this name; undefined when there is none. */
export async function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** The last n lines that are not blank. */
export function lastLines(text: string, n: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-n).join('\n');
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK)
    .then(() => stat(path))
    .then(
      (found) => found.isFile(),
      () => false,
    );
}

/** How long a program that is asked to end may take to tidy up before it is made to. */
const GRACE = 5000;

function ended(child: ChildProcess, program: string, signal: AbortSignal | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(failureOf(error, program, signal));
      else setTimeout(() => child.kill('SIGKILL'), GRACE).unref();
    });
    child.once('exit', () => failure && reject(failureOf(failure, program, signal)));
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function failureOf(error: Error, program: string, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return new SlipwayError('interrupted', `Interrupted while ${program} was running`);
  if (codeOf(error) !== 'ENOENT') return error;
  return new SlipwayError('missing-program', `The program "${program}" is not installed`, { cause: error });
}

async function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): Promise<string> {
  let text = '';
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    text += chunk;
    if (!onLine) continue;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
  if (onLine && rest !== '') onLine(rest);
  return text;
}
