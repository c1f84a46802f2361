import type { Link } from './link.ts';
import { collect, type OnLine, type RunOptions, type RunResult, within } from './run.ts';
import type { Exit, Session } from './session.ts';

/** A command on the host that is told the rest once it has answered the beginning: a round trip, and not a session, each. */
export interface Talk {
  /** What it has printed so far, once that includes an awaited line or the command has ended. Throws as `run`. */
  heard(isAwaited: (line: string) => boolean, limits: TalkLimits): Promise<Heard>;
  /** Tells it the last, and gives what it prints from then on, as `run`. */
  finish(options: RunOptions): Promise<RunResult>;
}

export type TalkLimits = Pick<RunOptions, 'signal' | 'timeout'>;

export interface Heard {
  readonly text: string;
  /** How the command ended; absent while it goes on. */
  readonly exit?: Exit;
}

/** Starts a command line of the login shell and tells it the beginning. Throws as `run`. */
export async function talk(link: Link, command: string, beginning: string, limits: TalkLimits): Promise<Talk> {
  const { channel, exit } = await within(link, limits, (end) => opened(link, command, end));
  const lines: { line: string; stream: 'stdout' | 'stderr' }[] = [];
  const listeners = new Set<OnLine>();
  const hear: OnLine = (line, stream) => {
    lines.push({ line, stream });
    for (const listener of listeners) listener(line, stream);
  };
  const streams = [
    collect(channel, (line) => hear(line, 'stdout')),
    collect(channel.stderr, (line) => hear(line, 'stderr')),
  ];
  const ended = Promise.all([exit, ...streams]).then(([how]) => how);
  ended.catch(() => undefined); // told to whoever listens then
  channel.on('error', () => undefined); // a command that does not read its input is no failure
  channel.write(beginning);

  const listen = <T>(limits: TalkLimits, listener: OnLine, until: Promise<T>) =>
    within(link, limits, async (end) => {
      const stop = () => channel.close();
      end.addEventListener('abort', stop, { once: true });
      listeners.add(listener);
      try {
        return await until;
      } finally {
        listeners.delete(listener);
        end.removeEventListener('abort', stop);
      }
    });
  const textFrom = (first: number, stream?: 'stdout' | 'stderr') =>
    lines.flatMap((one, n) => (n >= first && (stream ?? one.stream) === one.stream ? [`${one.line}\n`] : [])).join('');

  return {
    async heard(isAwaited, limits) {
      const { promise: came, resolve } = Promise.withResolvers<undefined>();
      const notice: OnLine = (line) => isAwaited(line) && resolve(undefined);
      for (const { line, stream } of lines) notice(line, stream);
      const how = await listen(limits, notice, Promise.race([came, ended]));
      return { text: textFrom(0), ...(how ? { exit: how } : {}) };
    },
    async finish({ input = '', onLine = () => undefined, ...limits }) {
      const first = lines.length;
      channel.end(input);
      const how = await listen(limits, onLine, ended);
      return { ...how, stdout: textFrom(first, 'stdout'), stderr: textFrom(first, 'stderr') };
    },
  };
}

/** A session that counts as open until the command has ended. */
function opened(link: Link, command: string, end: AbortSignal): Promise<Session> {
  const { promise, resolve, reject } = Promise.withResolvers<Session>();
  const use = async (session: Session) => {
    resolve(session);
    await session.exit.catch(() => undefined);
  };
  link.session((client, done) => client.exec(command, done), use, end).catch(reject);
  return promise;
}
