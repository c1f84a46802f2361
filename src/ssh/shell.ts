import type { ClientChannel, PseudoTtyOptions } from 'ssh2';
import type { Link } from './link.ts';
import type { OpenSession } from './session.ts';

export interface ShellOptions {
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  stderr?: NodeJS.WriteStream;
  /** Whether the host gives a terminal; when absent, for a login shell at a terminal, as ssh does. */
  tty?: boolean;
}

/**
 * Connects this terminal to a command on the host, or to the login shell, until it ends; gives its exit code (128 + its
 * number for a signal). Signals that this process is sent go to the command.
 * @throws SlipwayError `failed` when the connection is lost
 */
export function shell(link: Link, command: string | undefined, options: ShellOptions = {}): Promise<number> {
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = options;
  const tty = options.tty ?? (command === undefined && stdin.isTTY && stdout.isTTY);
  return link.session(opener(command, tty && windowOf(stdout)), async ({ channel, exit }) => {
    const undo = [passSignals(channel), ...(tty ? [makeRaw(stdin), followSize(stdout, channel)] : [])];
    channel.on('error', () => undefined); // a command that ended before our input did
    channel.pipe(stdout, { end: false });
    channel.stderr.pipe(stderr, { end: false });
    stdin.pipe(channel);
    try {
      return (await exit).code;
    } finally {
      stdin.unpipe(channel).pause();
      for (const restore of undo) restore();
    }
  });
}

const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

function opener(command: string | undefined, pty: PseudoTtyOptions | false): OpenSession {
  if (command === undefined) return (client, done) => client.shell(pty, done);
  return (client, done) => client.exec(command, pty ? { pty } : {}, done);
}

/** The terminal here is raw, so the one there does all that a terminal does (RFC 4254, section 6.2). */
function windowOf(stdout: NodeJS.WriteStream): PseudoTtyOptions {
  return {
    term: process.env.TERM ?? 'xterm',
    rows: stdout.rows ?? 24,
    cols: stdout.columns ?? 80,
    height: 0,
    width: 0,
  };
}

function passSignals(channel: ClientChannel): () => void {
  const pass = (signal: NodeJS.Signals) => channel.signal(signal.slice(3));
  for (const signal of PASSED) process.on(signal, pass);
  return () => {
    for (const signal of PASSED) process.off(signal, pass);
  };
}

function makeRaw(stdin: NodeJS.ReadStream): () => void {
  if (!stdin.isTTY) return () => undefined;
  stdin.setRawMode(true);
  return () => stdin.setRawMode(false);
}

function followSize(stdout: NodeJS.WriteStream, channel: ClientChannel): () => void {
  const follow = () => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
  stdout.on('resize', follow);
  return () => stdout.off('resize', follow);
}
