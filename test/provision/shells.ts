import { run } from '../../src/program.ts';
import { type Follower, follow, type Outcome } from '../../src/provision/follow.ts';
import { render } from '../../src/provision/render.ts';
import type { Step } from '../../src/provision/step.ts';

/** The shells that hosts have as /bin/sh. */
export const shells: readonly (readonly [string, ...string[]])[] = [['dash'], ['busybox', 'sh'], ['bash', '--posix']];

export interface Telling extends Outcome {
  /** What was told, in order: "start title", "log words". */
  told: string[];
  code: number;
}

/** Runs steps as a host would, and gives what was told. */
export async function carryOut(
  command: readonly string[],
  steps: readonly Step[],
  env = process.env,
): Promise<Telling> {
  const told: string[] = [];
  const script = follow('n0nce', {
    started: (title) => told.push(`start ${title}`),
    skipped: (title) => told.push(`skip ${title}`),
    done: (title) => told.push(`done ${title}`),
    failed: (title, status) => told.push(`fail ${title} ${status}`),
    log: (line) => told.push(`log ${line}`),
  });
  const code = await feed(command, render(steps, 'n0nce'), script, env);
  return { ...script.result(), told, code };
}

/** Runs a script as a host would, and gives its output. */
export async function output(command: readonly string[], script: string): Promise<string> {
  const [program = '', ...args] = command;
  return (await run(program, [...args, '-s'], { input: script })).stdout;
}

async function feed(command: readonly string[], script: string, to: Follower, env: NodeJS.ProcessEnv): Promise<number> {
  const [program = '', ...args] = command;
  return (await run(program, [...args, '-s'], { input: script, onLine: to.line, env })).code;
}
