import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { codeOf } from '../errors.ts';
import { type OpenSession, open, type Session } from './session.ts';
import { StageError } from './stage.ts';

/** An open connection as its users share it. */
export interface Link {
  readonly client: Client;
  /** "user@host:port" */
  readonly place: string;
  /**
   * Opens a session and gives it to the work; it counts as open until the work has ended. A server allows only so many at
   * once (MaxSessions, 10 by default): beyond that the work waits for another of ours to end.
   * @throws StageError of `shell`: `refused` when the host opens none, `failed` when the connection is lost
   */
  session<T>(ask: OpenSession, work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Ends the connection, even where the host no longer answers. */
  close(): void;
}

/** For a host to say goodbye, in milliseconds. */
const FAREWELL = 1000;

export function linkOf(client: Client, socket: Duplex, place: string): Link {
  let gone = false;
  let reason: unknown;
  const go = () => {
    gone = true;
  };
  client.on('error', (error) => {
    reason = error;
  });
  socket.on('end', go).on('close', go);
  const lost = () =>
    new StageError('shell', 'failed', `The SSH connection to "${place}" was lost`, {
      cause: reason,
      hint: 'Check that the host is on and reachable, then try again.',
    });
  const cut = () => (gone ? lost() : new StageError('shell', 'failed', `"${place}" did not say how a command ended`));
  const session = sessions(async (ask) => {
    if (gone) throw lost();
    try {
      return await open(client, ask, cut);
    } catch (error) {
      throw gone ? lost() : refused(place, error);
    }
  });
  const close = () => {
    go();
    client.end();
    setTimeout(() => socket.destroy(), FAREWELL).unref();
  };
  return { client, place, session, close };
}

function refused(place: string, cause: unknown): StageError {
  return new StageError('shell', 'refused', `"${place}" opens no shell`, {
    cause,
    hint: "Check the account's shell, and MaxSessions in the host's sshd_config.",
  });
}

function sessions(attempt: (ask: OpenSession) => Promise<Session>): Link['session'] {
  let count = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    count--;
    waiting.shift()?.();
  };
  const enter = async (ask: OpenSession, signal: AbortSignal | undefined): Promise<Session> => {
    for (;;) {
      if (signal?.aborted) {
        waiting.shift()?.(); // whose turn this would have been
        throw signal.reason;
      }
      const alone = count === 0;
      count++;
      try {
        return await attempt(ask);
      } catch (error) {
        if (alone || codeOf(error) !== 'refused') {
          leave();
          throw error;
        }
        count--;
        if (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
  };
  return async (ask, work, signal) => {
    const session = await enter(ask, signal);
    try {
      return await work(session);
    } finally {
      leave();
    }
  };
}
