import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { yaml } from './yaml.ts';

/** The metadata of an action, as far as a runner needs it. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post: string };
}

/** A job on a runner, by what docs.github.com tells of "Workflow commands" and "Metadata syntax". */
export interface Job {
  /** What the steps find; grows by what they write to GITHUB_ENV. */
  readonly env: NodeJS.ProcessEnv;
  /** What the steps write to GITHUB_OUTPUT. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Does the step of the action; `at` is given the process, to end it for instance. */
  main(inputs: Readonly<Record<string, string>>, at?: (step: ChildProcess) => void): Promise<Ended>;
  /** Does what the action has for the job's end. */
  post(): Promise<Ended>;
  /** Does a step that is a script. */
  run(script: string, cwd: string): Promise<Ended>;
}

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly told: string;
}

export const action = async () => yaml<Action>(await readFile('action.yml', 'utf8'));

export async function newJob(given: NodeJS.ProcessEnv): Promise<Job> {
  const { inputs: declared, runs } = await action();
  const env = { ...given, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: '1' };
  const state: Record<string, string> = {};
  const outputs: Record<string, string> = {};
  const node = (file: string, more: NodeJS.ProcessEnv, at?: (step: ChildProcess) => void) =>
    step([process.execPath, resolve(file)], { ...env, ...more }, { state, outputs, env }, at);
  return {
    env,
    outputs,
    main: (inputs, at) => {
      const values = Object.entries(declared).map(([name, { default: otherwise = '' }]) => [
        `INPUT_${name.toUpperCase()}`,
        inputs[name] ?? otherwise,
      ]);
      return node(runs.main, Object.fromEntries(values), at);
    },
    post: () =>
      node(runs.post, Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))),
    run: async (script, cwd) =>
      step(['bash', '-e', '-c', script], env, { state: {}, outputs: {}, env }, undefined, cwd),
  };
}

type Values = Record<string, string | undefined>;

/** A process group of its own, so that it can be ended with all that it started; what it wrote counts all the same. */
async function step(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  into: { state: Values; outputs: Values; env: Values },
  at?: (step: ChildProcess) => void,
  cwd?: string,
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-runner-'));
  const files = { GITHUB_STATE: into.state, GITHUB_OUTPUT: into.outputs, GITHUB_ENV: into.env };
  const paths = Object.keys(files).map((name) => [name, join(folder, name)] as const);
  for (const [, path] of paths) await writeFile(path, '');
  const child = spawn(program, args, {
    env: { ...env, ...Object.fromEntries(paths) },
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  at?.(child);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  await new Promise((ended) => child.once('close', ended));
  for (const [name, path] of paths)
    Object.assign(files[name as keyof typeof files], valuesIn(await readFile(path, 'utf8')));
  await rm(folder, { recursive: true });
  return { code: child.exitCode, told: `${await out}${await err}` };
}

/** NAME<<END, the value's lines, END. */
function valuesIn(file: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = file.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name, end] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (name === undefined || end === undefined) continue;
    const at = lines.indexOf(end);
    if (at < 0) throw new Error(`The value of ${name} has no end`);
    values[name] = lines
      .splice(0, at + 1)
      .slice(0, -1)
      .join('\n');
  }
  return values;
}
