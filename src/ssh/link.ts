import type { Client, ClientChannel } from 'ssh2';
import { codeOf, type SlipwayError } from '../errors.ts';
import { StageError } from './stage.ts';

/** An open connection as its users share it. */
export interface Link {
  readonly client: Client;
  /** "user@host:port" */
  readonly place: string;
  /** The connection is gone. */
  isLost(): boolean;
  /** The error to give for whatever the loss of the connection cut short. */
  lost(): SlipwayError;
  /**
   * Opens a session and gives it to the work; it counts as open until the work has ended. A server allows only so many at
   * once (MaxSessions, 10 by default): beyond that the work waits for another of ours to end.
   */
  session<T>(open: OpenSession, work: (channel: ClientChannel) => Promise<T>): Promise<T>;
}

export type OpenSession = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

export function linkOf(client: Client, place: string): Link {
  let gone = false;
  let reason: unknown;
  client.on('error', (error) => {
    reason = error;
  });
  client.on('close', () => {
    gone = true;
  });
  const link = {
    client,
    place,
    isLost: () => gone,
    lost: () =>
      new StageError('shell', 'failed', `The SSH connection to "${place}" was lost`, {
        cause: reason,
        hint: 'Check that the host is on and reachable, then try again.',
      }),
  };
  return { ...link, session: sessions(link) };
}

function sessions(link: Omit<Link, 'session'>): Link['session'] {
  let open = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    open--;
    waiting.shift()?.();
  };
  const enter = async (openSession: OpenSession): Promise<ClientChannel> => {
    for (;;) {
      const alone = open === 0;
      open++;
      try {
        return await ask(link, openSession);
      } catch (error) {
        if (alone || codeOf(error) !== 'refused') {
          leave();
          throw error;
        }
        open--;
        if (open > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
  };
  return async (openSession, work) => {
    const channel = await enter(openSession);
    try {
      return await work(channel);
    } finally {
      leave();
    }
  };
}

function ask(link: Omit<Link, 'session'>, openSession: OpenSession): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    if (link.isLost()) throw link.lost();
    openSession(link.client, (error, channel) => {
      if (!error) resolve(channel);
      else if (link.isLost()) reject(link.lost());
      else {
        reject(
          new StageError('shell', 'refused', `"${link.place}" opens no shell`, {
            cause: error,
            hint: "Check the account's shell, and MaxSessions in the host's sshd_config.",
          }),
        );
      }
    });
  });
}
