import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Ended } from './github.ts';
import { yaml } from './yaml.ts';

/** A job's definition, as far as a runner needs it. */
export interface Definition {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
}

/** A job on a runner, by what docs.gitlab.com tells in the reference of the YAML syntax. */
export interface Job {
  /** before_script and script, in one shell; `at` is given it, to end it for instance. */
  script(at?: (shell: ChildProcess) => void): Promise<Ended>;
  /** after_script, in a shell of its own. */
  after(): Promise<Ended>;
}

export const template = async () => yaml<Record<string, Definition>>(await readFile('ci/gitlab.yml', 'utf8'));

/** A job that extends one of the template's, with what it says itself. */
export async function newJob(own: Definition, given: NodeJS.ProcessEnv, cwd?: string): Promise<Job> {
  const extended = (await template())[own.extends ?? ''] ?? {};
  const { before_script = [], script = [], after_script = [] } = { ...extended, ...own };
  const env = withVariables(
    { ...extended.variables, ...own.variables },
    { ...given, CI: 'true', CI_JOB_ID: '4711', CI_PIPELINE_ID: '42' },
  );
  return {
    script: (at) => shell([...before_script, ...script], env, cwd, at),
    after: () => shell(after_script, env, cwd),
  };
}

/** Values may name other variables. */
function withVariables(variables: Readonly<Record<string, string>>, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...given };
  for (const [name, value] of Object.entries(variables)) {
    all[name] = String(value).replaceAll(/\$\{?(\w+)\}?/g, (_, other: string) => all[other] ?? '');
  }
  return all;
}

/** A process group of its own, so that it can be ended with all that it started. */
async function shell(
  lines: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string | undefined,
  at?: (shell: ChildProcess) => void,
): Promise<Ended> {
  const args = ['-eo', 'pipefail', '-c', lines.join('\n')];
  const child = spawn('bash', args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  at?.(child);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  await new Promise((ended) => child.once('close', ended));
  return { code: child.exitCode, told: `${await out}${await err}` };
}
