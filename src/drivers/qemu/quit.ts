import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import { guestsOf } from './guest.ts';
import { withMonitor } from './qmp.ts';

const QUIT_LIMIT = 5_000;
const SIGNAL_LIMIT = 5_000;

/**
 * Ends the machine's QEMU at once, as pulling the plug would, by the gentlest means that works: asked, it still writes
 * its disk's own tables. Resolves when no such process is left; there may have been none. Without a socket, signals must do.
 * @throws SlipwayError `timeout` when it cannot be ended
 */
export async function endGuest(key: string, socket?: string): Promise<void> {
  if ((await guestsOf(key)).length === 0) return;
  if (socket !== undefined && (await quits(socket)) && (await goneWithin(key, QUIT_LIMIT))) return;
  await signalGuest(key, 'SIGTERM');
  if (await goneWithin(key, SIGNAL_LIMIT)) return;
  await signalGuest(key, 'SIGKILL');
  await guestGone(key, SIGNAL_LIMIT);
}

/** Whether QEMU says that it will; it may hang, or be too young to listen. */
async function quits(socket: string): Promise<boolean> {
  return withMonitor(socket, (ask) => ask('quit')).then(
    () => true,
    () => false,
  );
}

/** Resolves when no process runs the machine any more. @throws SlipwayError `timeout` */
export async function guestGone(key: string, limit: number, options: { hint?: string; signal?: AbortSignal } = {}) {
  await waitFor({ what: `the end of the machine's QEMU ("${key}")`, limit, pause: 250, ...options }, async () =>
    (await guestsOf(key)).length === 0 ? true : undefined,
  );
}

async function goneWithin(key: string, limit: number): Promise<boolean> {
  return guestGone(key, limit).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'timeout') return false;
      throw error;
    },
  );
}

/** Only a process that was just seen to be this machine's gets the signal. */
async function signalGuest(key: string, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await guestsOf(key)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') continue;
      throw new SlipwayError('refused', `The machine's QEMU (process ${pid}) is not ours to end`, { cause: error });
    }
  }
}
