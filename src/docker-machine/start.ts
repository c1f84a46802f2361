import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DriverTable } from '../drivers/index.ts';
import { installedDrivers } from '../terminal/plugin-drivers.ts';
import { readArguments, truthOf } from './arguments.ts';
import { type Call, complain, type OldCommand, print } from './call.ts';
import { textOf, UsageError } from './errors.ts';
import { globalFlags, helpFlag } from './globals.ts';
import { commandHelp, programHelp } from './help.ts';
import { setVersion, versionLine, versionNumber } from './version.ts';

/** Each is loaded on first use. */
const commands = {
  active: () => import('./commands/active.ts'),
  config: () => import('./commands/config.ts'),
  create: () => import('./commands/create.ts'),
  env: () => import('./commands/env.ts'),
  inspect: () => import('./commands/inspect.ts'),
  ip: () => import('./commands/ip.ts'),
  kill: () => import('./commands/kill.ts'),
  ls: () => import('./commands/ls.ts'),
  mount: () => import('./commands/mount.ts'),
  provision: () => import('./commands/provision.ts'),
  'regenerate-certs': () => import('./commands/regenerate-certs.ts'),
  restart: () => import('./commands/restart.ts'),
  rm: () => import('./commands/rm.ts'),
  scp: () => import('./commands/scp.ts'),
  ssh: () => import('./commands/ssh.ts'),
  start: () => import('./commands/start.ts'),
  status: () => import('./commands/status.ts'),
  stop: () => import('./commands/stop.ts'),
  upgrade: () => import('./commands/upgrade.ts'),
  url: () => import('./commands/url.ts'),
  version: () => import('./commands/version.ts'),
} satisfies Readonly<Record<string, () => Promise<{ default: OldCommand }>>>;

type CommandName = keyof typeof commands;

/**
 * Runs a command line of docker-machine.
 * @param program the URL of the program, in a folder beside Slipway's package.json
 */
export async function start(words: readonly string[], program: string): Promise<void> {
  process.removeAllListeners('warning'); // what libraries warn of is nothing that a user could change
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // whoever reads may go
  const root = dirname(dirname(fileURLToPath(program)));
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  setVersion(pjson.version);
  const drivers = () => installedDrivers(root, pjson, process.env);
  const code = await run(words, drivers).catch((error: unknown) => {
    complain(isDebugged(words) ? traceOf(error) : textOf(error));
    return 1;
  });
  process.stdout.write('', () => process.exit(code)); // a probe of a dead machine may still be waiting
}

async function run(words: readonly string[], drivers: Drivers): Promise<number> {
  return explained(helpOfAll, async () => {
    const { flags, words: line } = readArguments(words, globalFlags, process.env, true);
    const [name, ...rest] = line;
    if (flags.version) return answered(versionLine());
    if (flags.help || name === undefined) return answered(await helpOfAll());
    if (name === 'help' || name === 'h') return help(rest[0], drivers);
    return isCommand(name) ? runCommand(name, rest, { globals: flags, drivers: await drivers() }) : unknown(name);
  });
}

type Drivers = () => Promise<DriverTable>;

async function runCommand(
  name: CommandName,
  line: readonly string[],
  around: Pick<Call, 'globals' | 'drivers'>,
): Promise<number> {
  const { default: command } = await commands[name]();
  const { env } = process;
  const helpText = () => commandHelp(name, command, command.flags);
  return explained(helpText, async () => {
    if (command.raw) return (await command.run({ ...around, env, words: line, flags: {} })) ?? 0;
    const { flags, words } = readArguments(line, [...command.flags, helpFlag], env);
    if (flags.help) return answered(helpText());
    return (await command.run({ ...around, env, words, flags })) ?? 0;
  });
}

async function help(about: string | undefined, drivers: Drivers): Promise<number> {
  if (about === undefined) return answered(await helpOfAll());
  return isCommand(about) ? runCommand(about, ['--help'], { globals: {}, drivers: await drivers() }) : unknown(about);
}

/** Words that are not understood end in the help text, and the sentence. */
async function explained(helpText: () => string | Promise<string>, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.incorrect) print('Incorrect Usage.\n');
    print(error.help ?? (await helpText()));
    complain(error.message);
    return 1;
  }
}

async function helpOfAll(): Promise<string> {
  const all = Object.entries(commands).map(async ([name, load]) => [name, (await load()).default] as const);
  return programHelp(await Promise.all(all), versionNumber());
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function unknown(name: string): number {
  complain(`docker-machine: '${name}' is not a docker-machine command. See 'docker-machine --help'.`);
  return 1;
}

function answered(text: string): number {
  print(text);
  return 0;
}

function isDebugged(words: readonly string[]): boolean {
  const asked = process.env.MACHINE_DEBUG;
  return (asked ? truthOf(asked) : undefined) ?? words.some((word) => ['-D', '--debug', '-debug'].includes(word));
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack}${error.cause === undefined ? '' : `\nCaused by ${traceOf(error.cause)}`}`;
}
