import { DROP_IN } from './paths.ts';

/**
 * The command that starts the engine, as the last word of a service's unit and drop-ins without our own; undefined
 * when there is none. The text is as it stands there: quoted, its variables not expanded.
 * @param unit what `systemctl cat` prints: each file after a line "# PATH"
 */
export function execStart(unit: string): string | undefined {
  let section = '';
  let file = '';
  let command: string | undefined;
  for (const line of unit.replace(/\\\n/g, ' ').split('\n')) {
    file = /^# (\/\S+)$/.exec(line)?.[1] ?? file;
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const value = /^\s*ExecStart\s*=\s*(.*?)\s*$/.exec(line)?.[1];
    if (value === undefined || section !== 'Service' || file === DROP_IN) continue;
    command = value === '' ? undefined : value;
  }
  return command;
}

/** Our drop-in. @param command what starts the engine; absent when that stays as it is */
export function dropIn(environment: ReadonlyMap<string, string>, command?: string): string {
  const variables = [...environment].map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`);
  const start = command === undefined ? [] : ['ExecStart=', `ExecStart=${command}`];
  return ['# Written by Slipway, which removes it again', '[Service]', ...variables, ...start, ''].join('\n');
}

/** One word of a unit's setting: quotes, escapes and specifiers of systemd.syntax(7) and systemd.unit(5). */
export function unitWord(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped.replaceAll('%', '%%')}"`;
}

/** As `unitWord`, in a command line, where systemd would also put variables in. */
export function commandWord(text: string): string {
  return unitWord(text).replaceAll('$', '$$$$');
}
