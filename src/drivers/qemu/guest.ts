import { readdirSync, readFileSync } from 'node:fs';
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
  return (await running()).filter(({ args }) => isGuest(args, key)).map(({ pid }) => pid);
}

/** What comes of asking the QEMU of a machine; undefined where none runs, or where it ends while it is asked. */
export async function askGuest<T>(key: string, ask: () => Promise<T>): Promise<T | undefined> {
  if ((await guestsOf(key)).length === 0) return undefined;
  try {
    return await ask();
  } catch (error) {
    if ((await guestsOf(key)).length === 0) return undefined;
    throw error;
  }
}

/** Every machine that runs on this computer, whichever store's it is: its key, and the run of a CI system that made it. */
export async function allGuests(): Promise<{ key: string; run?: string }[]> {
  const guests = (await running()).filter(({ args }) => isQemu(args));
  return guests.flatMap(({ args }) => {
    const key = /^guest=(slipway-.+)$/.exec(after(args, '-name'))?.[1];
    const run = /,string=(.+)$/.exec(after(args, RUN_OPTION))?.[1];
    return key === undefined ? [] : [{ key, ...(run === undefined ? {} : { run }) }];
  });
}

/** The arguments by which `allGuests` learns the run; QEMU shows the guest a file that nobody there looks at. */
export function runArgs(run: string): string[] {
  return [RUN_OPTION, `name=opt/slipway/run,string=${run}`];
}

const RUN_OPTION = '-fw_cfg';

interface Running {
  readonly pid: number;
  readonly args: readonly string[];
}

function isGuest(args: readonly string[], key: string): boolean {
  return isQemu(args) && after(args, '-name') === guestName(key);
}

function isQemu([program = '']: readonly string[]): boolean {
  return basename(program).startsWith('qemu-system');
}

/** The word after this one. */
function after(args: readonly string[], option: string): string {
  return args[args.indexOf(option) + 1] ?? '';
}

async function running(): Promise<Running[]> {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** The system has all of it at hand: to wait for each of some hundred answers would take ten times as long. */
function fromProc(): Running[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid: Number(pid), args: commandLine(pid).split('\0') }));
}

/** Empty when the process has ended meanwhile. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Where a path with a blank in it falls apart, the words that matter here, the program and the name, do not. */
async function fromPs(): Promise<Running[]> {
  const lines = (await output('ps', ['-axww', '-o', 'pid=,args='])).split('\n');
  return lines.map((line) => {
    const [pid, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), args };
  });
}
