import type { OldFlag } from './arguments.ts';
import type { OldCommand } from './call.ts';
import { globalFlags, helpFlag } from './globals.ts';

/** The help text of the whole. */
export function programHelp(commands: readonly (readonly [string, OldCommand])[], version: string): string {
  const lines = commands.map(([name, { summary }]) => [name, summary] as const);
  return [
    'Usage: docker-machine [OPTIONS] COMMAND [arg...]',
    '',
    'Slipway, called as docker-machine was: docker hosts on this computer, in clouds, or taken over.',
    '',
    `Version: ${version}`,
    '',
    'Options:',
    ...columns(globalFlags.map((flag) => [flagText(flag), summaryText(flag)])),
    '',
    'Commands:',
    ...columns([...lines, ['help', 'Show the commands, or the flags of one']]),
    '',
    'docker-machine COMMAND --help shows the flags of a command.',
  ].join('\n');
}

/** The help text of one command; its flags in the order of their names. */
export function commandHelp(name: string, { summary, takes }: OldCommand, flags: readonly OldFlag[]): string {
  const sorted = [...flags, helpFlag].sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
  return [
    `Usage: docker-machine ${name} [OPTIONS]${takes === '' ? '' : ` ${takes}`}`,
    '',
    summary,
    '',
    'Options:',
    ...columns(sorted.map((flag) => [flagText(flag), summaryText(flag)])),
  ].join('\n');
}

/** --engine-label [--engine-label option --engine-label option], as docker-machine shows that it may be repeated. */
function flagText({ names, kind, default: preset }: OldFlag): string {
  const text = names.map((name) => (name.length > 1 ? `--${name}` : `-${name}`)).join(', ');
  if (kind === 'slice') return `${text} [--${names[0]} option --${names[0]} option]`;
  if (kind === 'bool') return text;
  return `${text} ${kind === 'int' ? (preset ?? 0) : JSON.stringify(preset ?? '')}`;
}

function summaryText({ summary, env }: OldFlag): string {
  return env === undefined ? summary : `${summary} [$${env}]`;
}

/** What is wider than most has its second column in a line of its own. */
const WIDEST = 40;

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => (first.length > WIDEST ? 0 : first.length)));
  return rows.map(([first, second]) => {
    const gap = first.length > width ? `\n${' '.repeat(width + 6)}` : ' '.repeat(width - first.length + 3);
    return `   ${first}${gap}${second}`;
  });
}
