import { once } from 'node:events';
import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import type { Link } from './link.ts';

export interface Exit {
  /** The exit code; 128 + its number when a signal ended the process, as shells have it. */
  code: number;
  /** "SIGTERM", when a signal ended it. */
  signal?: string;
}

/**
 * How the remote process ended, once all that it printed has been read; both streams must be read.
 * @throws SlipwayError `failed` when the connection is lost first
 */
export async function exitOf(link: Link, channel: ClientChannel): Promise<Exit> {
  let exit: Exit | undefined;
  channel.once('exit', (code: number | null, signal = '') => {
    exit = code === null ? { code: codeOfSignal(signal), signal } : { code };
  });
  await Promise.all([new Promise((resolve) => channel.once('close', resolve)), once(channel.stderr, 'end')]);
  if (exit === undefined) throw link.lost();
  return exit;
}

function codeOfSignal(signal: string): number {
  const number = (constants.signals as Record<string, number | undefined>)[signal];
  return number === undefined ? 255 : 128 + number;
}
