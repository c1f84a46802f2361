import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { codeOf, SlipwayError } from './errors.ts';

export interface ProgramOptions {
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
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
 * @throws SlipwayError `missing-program` when it is not installed, `interrupted` when the signal ended it
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
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout, options.onLine);
  const stderr = collect(child.stderr, options.onLine);
  child.stdin.on('error', () => undefined); // a program that does not read its input is no failure
  child.stdin.end(options.input ?? '');
  const code = await ended(child, program, options.signal);
  return { code, stdout: await stdout, stderr: await stderr };
}

/**
 * As `run`, for a program whose failure is ours: gives its standard output.
 * @throws SlipwayError `program-failed` with the last lines of its standard error as the reason
 */
export async function output(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const result = await run(program, args, options);
  if (result.code === 0) return result.stdout;
  throw new SlipwayError('program-failed', `${program} ended with exit code ${result.code}`, {
    cause: new Error(lastLines(result.stderr || result.stdout, 5) || 'it printed nothing'),
  });
}

/** The path of a program that the user could start by this name; undefined when there is none. */
export async function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** The last n lines that are not blank. */
export function lastLines(text: string, n: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-n).join('\n');
}

function ended(child: ChildProcess, program: string, signal: AbortSignal | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (signal?.aborted) reject(new SlipwayError('interrupted', `Interrupted while ${program} was running`));
      else if (codeOf(error) === 'ENOENT') {
        reject(new SlipwayError('missing-program', `The program "${program}" is not installed`, { cause: error }));
      } else reject(error);
    });
    child.once('close', (code) => resolve(code ?? -1));
  });
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
