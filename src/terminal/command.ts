import { Command, Errors, type Interfaces } from '@oclif/core';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../errors.ts';
import type { Work } from '../machine/work.ts';
import { layout, storeFolder } from '../store/layout.ts';
import { globalFlags } from './flags.ts';
import { forEach } from './many.ts';
import { styleFor, type View, view } from './progress.ts';
import { prompt } from './prompt.ts';
import { interruption } from './signals.ts';

/** Flags that decide how a command works, whichever it is. */
export interface CommonFlags {
  'storage-path'?: string | undefined;
  debug?: boolean;
  progress?: 'auto' | 'plain' | 'json';
  quiet?: boolean;
}

/** What every command has: the store, the progress on standard error, and how an error is told. */
export abstract class SlipwayCommand extends Command {
  static override baseFlags = globalFlags;

  private view: View | undefined;

  /** What the verbs of machine/ work with, as the flags say. */
  protected work(flags: CommonFlags, leftAtInterrupt = ''): Work {
    const { progress = 'auto', quiet = false } = flags;
    this.view = view(styleFor({ progress, quiet }, process.stderr), process.stderr);
    return {
      store: layout(storeFolder(flags['storage-path'], process.env)),
      env: process.env,
      report: this.view.report,
      signal: interruption(() => leftAtInterrupt || 'Interrupted; slipway ls shows how things stand.'),
      ask: prompt(),
    };
  }

  /** As `work`, for a command that only answers: nothing is reported, and Ctrl-C ends it. */
  protected answer(flags: CommonFlags): Work {
    const store = layout(storeFolder(flags['storage-path'], process.env));
    return { store, env: process.env, report: () => undefined, ask: prompt() };
  }

  /** Does a verb with each machine and says so of each; ends with the code of the first failure, if there is one. */
  protected async perform<T>(
    names: readonly string[],
    verb: (name: string) => Promise<T>,
    say: (name: string, value: T) => string,
  ): Promise<void> {
    const outcomes = await forEach(names, verb);
    this.view?.close();
    for (const { name, value, error } of outcomes) {
      if (error === undefined) this.log(say(name, value as T));
      else this.tell(error);
    }
    const failed = outcomes.find((outcome) => outcome.error !== undefined);
    if (failed) this.exit(exitCodeOf(failed.error));
  }

  protected printJson(value: unknown): void {
    this.log(JSON.stringify(value, null, 2));
  }

  /** Tells one failure among several; the command goes on. */
  protected tell(error: unknown): void {
    process.stderr.write(`${formatError(error)}\n`);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.view?.close();
    await super.finally(error);
  }

  protected override async catch(error: Interfaces.CommandError): Promise<void> {
    this.view?.close();
    if (error instanceof Errors.ExitError) throw error;
    process.stderr.write(`${formatError(error)}\n`);
    if (this.argv.includes('--debug') || this.argv.includes('-D')) process.stderr.write(`${traceOf(error)}\n`);
    this.exit(exitCodeOf(error));
  }
}

/** 2 for what was typed, 130 for Ctrl-C, 1 for all else; docs/commands.md. */
export function exitCodeOf(error: unknown): number {
  if (codeOf(error) === 'interrupted') return 130;
  if (codeOf(error) === 'bad-input' || error instanceof Errors.CLIError) return 2;
  return 1;
}

function formatError(error: unknown): string {
  const hint = hintOf(error);
  const known = error instanceof SlipwayError || error instanceof Errors.CLIError || codeOf(error) !== undefined;
  const sentence = known ? sentenceOf(error) : `Slipway has a fault: ${sentenceOf(error)} (--debug shows where)`;
  return `Error: ${sentence}${hint === undefined ? '' : `\n  ${hint}`}`;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error.stack}${error.cause === undefined ? '' : `\nCaused by ${traceOf(error.cause)}`}`;
}
