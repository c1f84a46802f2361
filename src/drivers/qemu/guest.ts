import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { output } from '../../program.ts';

/** The argument of `-name` that tells the QEMU of one machine from every other process. */
export function guestName(key: string): string {
  return `guest=${key}`;
}

/**
 * The processes that run the machine with this key, usually one. A pid that was written down proves nothing after a
 * reboot, so the processes themselves are asked.
 */
export async function guestsOf(key: string): Promise<number[]> {
  const running = process.platform === 'linux' ? await fromProc() : await fromPs();
  return running.filter(({ args }) => isGuest(args, key)).map(({ pid }) => pid);
}

interface Running {
  readonly pid: number;
  readonly args: readonly string[];
}

function isGuest([program = '', ...args]: readonly string[], key: string): boolean {
  return basename(program).startsWith('qemu-system') && args[args.indexOf('-name') + 1] === guestName(key);
}

async function fromProc(): Promise<Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      args: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0'),
    })),
  );
}

/** Where a path with a blank in it falls apart, the words that matter here, the program and the name, do not. */
async function fromPs(): Promise<Running[]> {
  const lines = (await output('ps', ['-axww', '-o', 'pid=,args='])).split('\n');
  return lines.map((line) => {
    const [pid, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), args };
  });
}
