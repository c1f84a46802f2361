import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { ClientChannel, PseudoTtyOptions } from 'ssh2';
import type { Link } from './link.ts';
import type { OpenSession } from './session.ts';

export interface ShellOptions {
  /** This process's own standard streams where they are absent. */
  stdin?: Readable & Partial<Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode'>>;
  stdout?: Writable & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'rows' | 'columns'>>;
  stderr?: Writable;
  /** Whether the host gives a terminal; when absent, for a login shell at a terminal, as ssh does. */
  tty?: boolean;
}

/**
 * Connects this terminal to a command on the host, or to the login shell, until it ends; gives its exit code. A signal to
 * this process is passed on and ends it too; the code is then 128 + the signal's number.
 * @throws SlipwayError `failed` when the connection is lost
 */
export function shell(link: Link, command: string | undefined, options: ShellOptions = {}): Promise<number> {
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = options;
  const tty = options.tty ?? (command === undefined && stdin.isTTY === true && stdout.isTTY === true);
  return link.session(opener(command, tty && windowOf(stdout)), async ({ channel, exit }) => {
    const signals = passSignals(channel);
    const restore = tty ? [makeRaw(stdin), followSize(stdout, channel)] : [];
    channel.on('error', () => undefined); // a command that ended before our input did
    channel.pipe(stdout, { end: false });
    channel.stderr.pipe(stderr, { end: false });
    stdin.pipe(channel);
    try {
      return await Promise.race([exit.then(({ code }) => code), signals.ended]);
    } finally {
      stdin.unpipe(channel).pause();
      for (const undo of [signals.undo, ...restore]) undo();
    }
  });
}

const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

function opener(command: string | undefined, pty: PseudoTtyOptions | false): OpenSession {
  if (command === undefined) return (client, done) => client.shell(pty, done);
  return (client, done) => client.exec(command, pty ? { pty } : {}, done);
}

/** RFC 4254, section 6.2. */
function windowOf(stdout: NonNullable<ShellOptions['stdout']>): PseudoTtyOptions {
  return {
    term: process.env.TERM ?? 'xterm',
    rows: stdout.rows ?? 24,
    cols: stdout.columns ?? 80,
    height: 0,
    width: 0,
  };
}

/** The channel is closed too, since OpenSSH passes no signal to a process of root. */
function passSignals(channel: ClientChannel): { ended: Promise<number>; undo: () => void } {
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  const pass = (signal: NodeJS.Signals) => {
    channel.signal(signal.slice(3));
    channel.close();
    resolve(128 + constants.signals[signal]);
  };
  for (const signal of PASSED) process.on(signal, pass);
  const undo = () => {
    for (const signal of PASSED) process.off(signal, pass);
  };
  return { ended, undo };
}

/**
 * The terminal there does what a terminal does (echo, Ctrl-C), so the one here does nothing. Node's raw mode still turns
 * line feeds into new lines, which displaces what full-screen programs draw; stty, where there is one, ends that too.
 */
function makeRaw(stdin: NonNullable<ShellOptions['stdin']>): () => void {
  if (!stdin.isTTY) return () => undefined;
  stdin.setRawMode?.(true);
  spawnSync('stty', ['-opost'], { stdio: [stdin, 'ignore', 'ignore'] });
  return () => void stdin.setRawMode?.(false);
}

function followSize(stdout: NonNullable<ShellOptions['stdout']>, channel: ClientChannel): () => void {
  const follow = () => channel.setWindow(stdout.rows ?? 24, stdout.columns ?? 80, 0, 0);
  stdout.on('resize', follow);
  return () => stdout.off('resize', follow);
}
