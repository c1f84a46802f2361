import { Command, Errors, type Interfaces } from '@oclif/core';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../errors.ts';
import type { Work } from '../machine/work.ts';
import { newMemory } from '../memory.ts';
import { layout, storeFolder } from '../store/layout.ts';
import { globalFlags } from './flags.ts';
import { forEach, type Outcome } from './many.ts';
import { pluginDrivers } from './plugin-drivers.ts';
import { styleFor, type View, view } from './progress.ts';
import { prompt } from './prompt.ts';
import { interruption } from './signals.ts';
import { grouped } from './summary.ts';
import { printable } from './text.ts';

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
  private readonly memory = newMemory();

  /**
   * What the verbs of machine/ work with, as the flags say.
   * @param interrupted what to say at the second Ctrl-C, or the signal of a command that sees to signals itself
   */
  protected work(flags: CommonFlags, interrupted: string | AbortSignal = ''): Work {
    const { progress = 'auto', quiet = false } = flags;
    const stderr = errorOutput();
    const shown = view(styleFor({ progress, quiet }, stderr, process.env), stderr);
    this.view = shown;
    return {
      store: layout(storeFolder(flags['storage-path'], process.env)),
      env: process.env,
      drivers: pluginDrivers(this.config),
      report: shown.report,
      memory: this.memory,
      signal:
        typeof interrupted === 'string'
          ? interruption(() => interrupted || 'Interrupted; slipway ls shows how things stand.')
          : interrupted,
      ask: prompt(shown.hold),
    };
  }

  /** As `work`, for a command that only answers: nothing is reported, and Ctrl-C ends it. */
  protected answer(flags: CommonFlags): Work {
    let silent: View | undefined; // most ask nothing, and to look at the terminal takes time
    return {
      store: layout(storeFolder(flags['storage-path'], process.env)),
      env: process.env,
      drivers: pluginDrivers(this.config),
      memory: this.memory,
      report: () => undefined,
      get ask() {
        silent ??= view('quiet', errorOutput());
        return prompt(silent.hold);
      },
    };
  }

  /** Does a verb with each machine and says so of each; ends with the code of the first failure, if there is one. */
  protected async perform<T>(
    names: readonly string[],
    verb: (name: string) => Promise<T>,
    say: (name: string, value: T) => string,
  ): Promise<void> {
    const outcomes = await forEach(names, verb);
    const done = outcomes.filter(({ error }) => error === undefined);
    const texts = done.map(({ name, value }) => ({ name, text: say(name, value as T) }));
    this.tellOutcomes(
      outcomes,
      texts.map(({ text }) => text),
    );
  }

  /** Tells the failures, then these texts; ends with the code of the first failure, if there is one. */
  protected tellOutcomes(outcomes: readonly Outcome<unknown>[], texts: readonly string[]): void {
    this.view?.close();
    const failed = outcomes.filter(({ error }) => error !== undefined);
    const reasons = failed.map(({ name, error }) => ({ name, text: this.textOf(error) }));
    for (const text of outcomes.length > 1 ? grouped(reasons) : reasons.map((each) => each.text)) {
      process.stderr.write(`${text}\n`);
    }
    for (const text of texts) this.log(text);
    if (failed[0]) this.exit(exitCodeOf(failed[0].error));
  }

  /** Prints a part of the answer before all is done. */
  protected async printAmid(text: string): Promise<void> {
    await this.view?.hold(async () => this.log(text));
  }

  /** Ends the progress: what follows is the answer. */
  protected closeView(): void {
    this.view?.close();
  }

  protected printJson(value: unknown): void {
    this.log(JSON.stringify(value, null, 2));
  }

  /** Tells a failure: a sentence and what to do; with --debug also where it comes from. */
  protected tell(error: unknown): void {
    errorOutput().write(`${this.textOf(error)}\n`);
  }

  private textOf(error: unknown): string {
    const isDebugged = this.argv.includes('--debug') || this.argv.includes('-D');
    return isDebugged ? `${formatError(error)}\n${traceOf(error)}` : formatError(error);
  }

  /** Says something at once, whatever is being shown, even where nothing is. */
  protected async say(sentence: string): Promise<void> {
    const write = async () => void errorOutput().write(`${printable(sentence)}\n`);
    await (this.view?.hold(write) ?? write());
  }

  /** With what the command ends at an error. */
  protected exitCode(error: unknown): number {
    return exitCodeOf(error);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.view?.close();
    await this.memory.end();
    await super.finally(error);
  }

  protected override async catch(error: Interfaces.CommandError): Promise<void> {
    this.view?.close();
    if (error instanceof Errors.ExitError) throw error;
    this.tell(error);
    this.exit(this.exitCode(error));
  }
}

/** Whoever looks at it may go: `slipway create dev 2>&1 | head`, or the terminal is closed. The work goes on. */
function errorOutput(): NodeJS.WriteStream {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
  return process.stderr;
}

/** 2 for what was typed, 130 for Ctrl-C, 1 for all else; docs/commands.md. */
export function exitCodeOf(error: unknown): number {
  if (codeOf(error) === 'interrupted') return 130;
  if (codeOf(error) === 'bad-input' || error instanceof Errors.CLIError) return 2;
  return 1;
}

/** An error as a person reads it: the sentence with its reasons, then the hint. */
export function formatError(error: unknown): string {
  const hint = hintOf(error);
  const sentence = isExpected(error)
    ? sentenceOf(error)
    : `Slipway has a fault: ${sentenceOf(error)} (--debug shows where)`;
  return printable(`Error: ${sentence}${hint === undefined ? '' : `\n  ${hint}`}`);
}

/** Ours, the command line library's, or the system's: EACCES is one, ERR_INVALID_ARG_TYPE is Node's word for a fault. */
function isExpected(error: unknown): boolean {
  if (error instanceof SlipwayError || error instanceof Errors.CLIError) return true;
  return /^E(?!RR_)/.test(codeOf(error) ?? '');
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error.stack}${error.cause === undefined ? '' : `\nCaused by ${traceOf(error.cause)}`}`;
}
