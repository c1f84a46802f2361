import { once } from 'node:events';
import { constants } from 'node:os';
import type { Client, ClientChannel } from 'ssh2';

export interface Exit {
  /** The exit code; 128 + its number when a signal ended the process, as shells have it. */
  code: number;
  /** "SIGTERM", when a signal ended it. */
  signal?: string;
}

/** A process on the host. */
export interface Session {
  readonly channel: ClientChannel;
  /** How it ended, once all that it printed has been read from both streams. */
  readonly exit: Promise<Exit>;
}

/** Asks ssh2 for a command or a shell. */
export type OpenSession = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

/** @param cut the error for a process whose end is never told */
export function open(client: Client, ask: OpenSession, cut: () => Error): Promise<Session> {
  return new Promise((resolve, reject) => {
    ask(client, (error, channel) => {
      if (error) return reject(error);
      // At once: a quick process may end within the packet that says that it began.
      const exit = exitOf(channel, cut);
      exit.catch(() => undefined);
      resolve({ channel, exit });
    });
  });
}

async function exitOf(channel: ClientChannel, cut: () => Error): Promise<Exit> {
  let exit: Exit | undefined;
  channel.once('exit', (code: number | null, signal = '') => {
    exit = code === null ? { code: codeOfSignal(signal), signal } : { code };
  });
  await Promise.all([new Promise((resolve) => channel.once('close', resolve)), once(channel.stderr, 'end')]);
  if (exit === undefined) throw cut();
  return exit;
}

function codeOfSignal(signal: string): number {
  const number = (constants.signals as Record<string, number | undefined>)[signal];
  return number === undefined ? 255 : 128 + number;
}
