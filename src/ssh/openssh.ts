import { isIPv6 } from 'node:net';
import { SlipwayError } from '../errors.ts';
import { quoteAll } from './quote.ts';

/** A host for the system's own ssh, scp, sftp and rsync. */
export interface SshHost {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The private key's file; without it the agent and the user's own keys are tried. */
  readonly identityFile?: string | undefined;
  /** The file that pins the host's keys; see `knownHosts`. */
  readonly knownHostsFile: string;
  /** Another host, from which alone this one is reached. */
  readonly via?: SshHost | undefined;
}

export interface Command {
  program: string;
  args: string[];
}

/**
 * The system's ssh for one host, without the user's own configuration: for a command, or the login shell without one.
 * `tty` asks for a terminal there although there is a command.
 * @throws SlipwayError `bad-input` for a host, user or path that ssh could take for something else
 */
export function sshCommand(host: SshHost, command?: string, { tty = false } = {}): Command {
  const options = settings(host).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const rest = command === undefined ? [] : [command];
  return { program: 'ssh', args: ['-F', 'none', ...options, ...(tty ? ['-t'] : []), '--', host.host, ...rest] };
}

/** As `sshCommand`, with these words after the host: flags of ssh's own, and a command. */
export function sshCommandWith(host: SshHost, words: readonly string[]): Command {
  const { program, args } = sshCommand(host);
  return { program, args: [...args.filter((word) => word !== '--'), ...words] };
}

/**
 * The text of an ssh configuration in which each host has a name of its own, so that one scp or rsync can reach several.
 * @throws SlipwayError `bad-input` as `sshCommand`
 */
export function sshConfig(hosts: readonly (SshHost & { readonly alias: string })[]): string {
  return hosts
    .map((host) => [`Host ${checkedName(host.alias)}`, ...settings(host).map(indented), ''].join('\n'))
    .join('\n');
}

/** A file here, or at the host of this alias. */
export interface Place {
  readonly alias?: string;
  readonly path: string;
}

/** The system's scp between this computer and hosts, or two hosts, that the file with `sshConfig`'s text names. */
export function scpCommand(
  configFile: string,
  from: readonly Place[],
  to: Place,
  { recursive = false, quiet = false } = {},
): Command {
  const flags = [...(recursive ? ['-r'] : []), ...(quiet ? ['-q'] : [])];
  return { program: 'scp', args: ['-F', configFile, '-3', ...flags, '--', ...[...from, to].map(wordFor)] };
}

/** ssh_config(5): nobody is trusted who is not pinned, nothing is asked, and a dead host is noticed. */
function settings({ host, port, user, identityFile, knownHostsFile, via }: SshHost): [string, string][] {
  return [
    ['HostName', checkedHost(host)],
    ['Port', checkedPort(port)],
    ['User', checkedName(user)],
    ...(identityFile === undefined
      ? []
      : ([
          ['IdentityFile', quoted(identityFile)],
          ['IdentitiesOnly', 'yes'],
        ] as [string, string][])),
    ['UserKnownHostsFile', quoted(knownHostsFile)],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', 'yes'],
    ['UpdateHostKeys', 'no'],
    ['PreferredAuthentications', 'publickey'],
    ['ServerAliveInterval', '15'],
    ['LogLevel', 'ERROR'],
    ...(via === undefined ? [] : ([['ProxyCommand', proxyCommand(via)]] as [string, string][])),
  ];
}

/** A ProxyJump would take the host in between from the user's own configuration. The text is expanded, then a shell's. */
function proxyCommand(via: SshHost): string {
  const { program, args } = sshCommand(via);
  const place = args.slice(0, args.indexOf('--'));
  const words = quoteAll([program, ...place]).replaceAll('%', '%%');
  return `${words} -W '[%h]:%p' -- ${quoteAll(args.slice(args.indexOf('--') + 1))}`;
}

function indented([name, value]: [string, string]): string {
  return `  ${name} ${value}`;
}

function checkedHost(host: string): string {
  if (isIPv6(host)) return host.replaceAll('%', '%%');
  return checkedName(host);
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9_][\w.@+-]*$/.test(name)) return name;
  throw new SlipwayError('bad-input', `${JSON.stringify(name)} cannot be given to ssh as the name of a host or user`, {
    hint: 'Letters, digits and . _ - + @ are fine; the first must be a letter, a digit or _.',
  });
}

function checkedPort(port: number): string {
  if (Number.isInteger(port) && port > 0 && port < 65536) return String(port);
  throw new SlipwayError('bad-input', `"${port}" is not a port number`);
}

/** A path as ssh reads it from its configuration: in quotes, and % doubled; for ${…} it knows no escape. */
function quoted(path: string): string {
  if (/[\0\r\n]|\$\{/.test(path)) {
    throw new SlipwayError('bad-input', `The path ${JSON.stringify(path)} cannot be given to ssh`, {
      hint: 'Use a folder without a line end or "${" in its name.',
    });
  }
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`;
}

/** scp takes a name with a colon before any slash for a host's. */
function wordFor({ alias, path }: Place): string {
  if (alias !== undefined) return `${checkedName(alias)}:${path}`;
  return /^[^/]*:/.test(path) ? `./${path}` : path;
}
