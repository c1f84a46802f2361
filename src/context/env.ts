import { SlipwayError } from '../errors.ts';
import { DIALECTS, type Dialect } from './shells.ts';

export type Shell = keyof typeof DIALECTS;

/** The shells that lines can be made for. `sh` stands for every other that follows POSIX. */
export const shells = Object.keys(DIALECTS) as Shell[];

/**
 * The lines that give a shell these variables, in their order, and take away those that are undefined.
 * @throws SlipwayError `unsupported` for a value that this shell cannot be given on a line
 */
export function shellLines(shell: Shell, variables: Readonly<Record<string, string | undefined>>): string[] {
  const dialect: Dialect = DIALECTS[shell];
  return Object.entries(variables).map(([name, value]) => {
    if (value === undefined) return dialect.unset(name);
    if (!dialect.impossible?.test(value)) return dialect.set(name, value);
    throw new SlipwayError('unsupported', `${shell} cannot be given the value of "${name}": ${JSON.stringify(value)}`);
  });
}

/** Two comments that tell how to have the shell carry out what this command prints; its words are quoted as needed. */
export function usageHint(shell: Shell, command: readonly string[]): string[] {
  const dialect: Dialect = DIALECTS[shell];
  const words = command.map((word) => dialect.word(word.replace(/[\r\n]+/g, ' '))); // a comment ends with its line
  return [dialect.comment('To have your shell do this, type:'), dialect.comment(dialect.evaluate(words.join(' ')))];
}

/** The shell that SHELL names; on Windows, where there is none, PowerShell or cmd. */
export function detectShell(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Shell {
  if (env.SHELL) return shellNamed(env.SHELL);
  if (platform !== 'win32') return 'sh';
  const folders = (env.PSModulePath ?? '').split(';'); // the system has two; PowerShell adds the user's own
  return folders.length > 2 ? 'powershell' : 'cmd';
}

const ALIASES: Readonly<Record<string, Shell>> = { pwsh: 'powershell', csh: 'tcsh' };

function shellNamed(path: string): Shell {
  const name = path
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase();
  return shells.find((shell) => shell === name) ?? ALIASES[name] ?? 'sh';
}
