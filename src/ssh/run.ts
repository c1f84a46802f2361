import type { Readable } from 'node:stream';
import { SlipwayError } from '../errors.ts';
import type { Link } from './link.ts';
import type { Exit, Session } from './session.ts';

export interface RunOptions {
  /** What the command reads; it always finds an end. */
  input?: string | Uint8Array;
  /** Given every whole line as it comes, without its line end. */
  onLine?: OnLine;
  signal?: AbortSignal | undefined;
  /** In milliseconds; no limit when absent. */
  timeout?: number;
}

export type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

export interface RunResult extends Exit {
  stdout: string;
  stderr: string;
}

/**
 * Runs a command line of the login shell, and gives what it printed, whatever its exit code.
 * @throws SlipwayError `interrupted`, `timeout`, or `failed` when the connection is lost; what it started then
 * goes on until it next reads or prints: a server does not end it (OpenSSH signals no process of root)
 */
export async function run(link: Link, command: string, options: RunOptions = {}): Promise<RunResult> {
  return within(link, options, (end) =>
    link.session(
      (client, done) => client.exec(command, done),
      (session) => finish(session, options, end),
      end,
    ),
  );
}

/**
 * Does the work until the signal or the limit ends it.
 * @throws SlipwayError `interrupted` or `timeout`, and then not what followed from it
 */
export function within<T>(
  link: Link,
  options: Pick<RunOptions, 'signal' | 'timeout'>,
  begin: (end: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = endOf(options);
  const cut = cutShort(link, options, end);
  const work = begin(end);
  work.catch(() => undefined); // once it was cut short, that is the reason to give, and not what followed from it
  return Promise.race([work, cut]);
}

/** All that a stream says; each whole line is passed on as it comes, without its line end. */
export async function collect(stream: Readable, onLine: (line: string) => void): Promise<string> {
  const parts: string[] = [];
  let rest = '';
  stream.setEncoding('utf8'); // a letter may be split between two packets
  for await (const part of stream as AsyncIterable<string>) {
    parts.push(part);
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
  if (rest !== '') onLine(rest);
  return parts.join('');
}

function endOf({ signal, timeout }: RunOptions): AbortSignal {
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(Math.ceil(timeout));
  return AbortSignal.any([signal, limit].filter((one) => one !== undefined));
}

function cutShort(link: Link, { signal, timeout }: RunOptions, end: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const tell = () => {
      if (signal?.aborted) reject(new SlipwayError('interrupted', `Interrupted during a command on "${link.place}"`));
      else reject(new SlipwayError('timeout', `A command on "${link.place}" did not end within ${timeout} ms`));
    };
    if (end.aborted) tell();
    else end.addEventListener('abort', tell, { once: true });
  });
}

async function finish({ channel, exit }: Session, options: RunOptions, end: AbortSignal): Promise<RunResult> {
  const stop = () => channel.close();
  if (end.aborted) stop();
  end.addEventListener('abort', stop);
  channel.on('error', () => undefined); // a command that does not read its input is no failure
  channel.end(options.input ?? '');
  try {
    const stdout = collect(channel, (line) => options.onLine?.(line, 'stdout'));
    const stderr = collect(channel.stderr, (line) => options.onLine?.(line, 'stderr'));
    const [status, out, err] = await Promise.all([exit, stdout, stderr]);
    return { ...status, stdout: out, stderr: err };
  } finally {
    end.removeEventListener('abort', stop);
  }
}
