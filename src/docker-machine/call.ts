import type { DriverTable } from '../drivers/index.ts';
import type { Ask, Work } from '../machine/work.ts';
import { newMemory } from '../memory.ts';
import { findProgram } from '../program.ts';
import type { Report } from '../progress.ts';
import { dockerMachineFolder, dockerMachineLayout } from '../store/docker-machine/layout.ts';
import { prompt } from '../terminal/prompt.ts';
import { interruption } from '../terminal/signals.ts';
import type { OldFlag, Values } from './arguments.ts';

/** A command as it was called. */
export interface Call {
  readonly words: readonly string[];
  readonly flags: Values;
  /** The flags that stood before the command. */
  readonly globals: Values;
  readonly env: NodeJS.ProcessEnv;
  /** Those of plugins. */
  readonly drivers: DriverTable;
}

export interface OldCommand {
  readonly summary: string;
  /** What follows the command's name: "[NAME...]". */
  readonly takes: string;
  readonly flags: readonly OldFlag[];
  /** It reads its words itself. */
  readonly raw?: true;
  /** Gives the exit code where it is not 0. */
  run(call: Call): Promise<number | undefined>;
}

/** What a command that only answers works with: nothing but the answer is printed. */
export function answering({ globals, env, drivers }: Call): Work {
  return { store: storeOf(globals, env), env, drivers, memory: newMemory(), report: () => undefined };
}

/** What a command works with that takes long. */
export function working({ globals, env, drivers }: Call, report: Report): Work {
  const left = 'Interrupted; docker-machine ls shows how things stand.';
  const signal = interruption(() => left);
  return { store: storeOf(globals, env), env, drivers, memory: newMemory(), report, signal, ask: trusting() };
}

/** Prints a line of the answer. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a line about what went wrong. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** By what this program is called again: its path where nothing on the PATH has the name. */
export async function programName(env: NodeJS.ProcessEnv): Promise<string> {
  const found = await findProgram('docker-machine', env);
  return found === undefined ? (process.argv[1] ?? 'docker-machine') : 'docker-machine';
}

function storeOf(globals: Values, env: NodeJS.ProcessEnv) {
  return dockerMachineLayout(dockerMachineFolder(globals['storage-path'] as string | undefined, env));
}

/**
 * docker-machine asked nobody whether a host's key is the right one, and its callers count on that: the one that is shown
 * first is told and taken, and from then on the host must show it.
 */
function trusting(): Ask {
  const terminal = prompt((question) => question());
  return {
    yes: async (question) => {
      print(`${question} It is taken for the right one, as nobody is asked; --generic-host-key says which one is.`);
      return true;
    },
    secret: async (question) => (terminal ? terminal.secret(question) : ''),
  };
}
