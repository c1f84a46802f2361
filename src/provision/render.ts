import { quote } from '../ssh/quote.ts';
import { PRELUDE } from './prelude.ts';
import type { Step } from './step.ts';

/**
 * One script for `sh -s` on standard input. It says what it does on standard output, in lines that `follow` tells by
 * the nonce from all other output, and stops at the first step that fails, with that step's exit status.
 * The script may hold secrets: give it as input, never as an argument.
 * @param nonce letters and digits that nobody on the host can guess
 */
export function render(steps: readonly Step[], nonce: string): string {
  return [
    head(nonce),
    ...steps.map(bodies),
    // All of the text is read before anything runs, so that no program can eat the rest of it from standard input.
    `main() {\n${[...steps.map(call), 'mark end'].join('\n')}\n}`,
    'main </dev/null 2>&1',
    '',
  ].join('\n\n');
}

/** What every script begins with. */
export function head(nonce: string): string {
  return [
    'set -u',
    'umask 022',
    'export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
    `nonce=${quote(nonce)}`,
    PRELUDE,
  ].join('\n\n');
}

function bodies(step: Step, index: number): string {
  const run = `run_${index + 1}() {\n${step.run}\n}`;
  return step.done === undefined ? run : `done_${index + 1}() {\n${step.done}\n}\n\n${run}`;
}

function call(step: Step, index: number): string {
  const done = step.done === undefined ? '' : ` done_${index + 1}`;
  return `step ${quote(oneLine(step.title))} ${quote(oneLine(step.hint))} run_${index + 1}${done}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
