import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../errors.ts';
import { type Process, processes } from './processes.ts';

/** A program that we started, and all that it started. */
export interface Family {
  /** To the group as a whole where it has one of its own. */
  send(name: NodeJS.Signals): Promise<void>;
  /** Waits for the end of all of them; false when so many milliseconds were not enough. */
  gone(limit: number): Promise<boolean>;
  kill(): Promise<void>;
}

/**
 * @param shared whether it is in this process's own group, so that its members can only be told by who started them
 */
export function familyOf(pid: number, shared: boolean): Family {
  let known = new Set([pid]);
  const members = async () => {
    const found = membersOf(known, shared ? undefined : pid, await processes());
    known = new Set([...known, ...found]);
    return found;
  };
  return {
    async send(name) {
      const all = await members();
      for (const each of shared ? all : [-pid]) signal(each, name);
    },
    async gone(limit) {
      const end = performance.now() + limit;
      while ((await members()).length > 0) {
        if (performance.now() > end) return false;
        await delay(PAUSE);
      }
      return true;
    },
    async kill() {
      for (let tries = 0; tries < 10; tries++) {
        const all = await members();
        if (all.length === 0) return;
        for (const each of all) signal(each, 'SIGKILL');
        await delay(PAUSE);
      }
    },
  };
}

/** In milliseconds. */
const PAUSE = 100;

/** One whose parent has ended is still known by its group, or because it was seen before. */
function membersOf(known: ReadonlySet<number>, group: number | undefined, all: readonly Process[]): number[] {
  const found = new Set<number>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const each of all) {
      if (known.has(each.pid) || each.group === group || found.has(each.parent)) found.add(each.pid);
    }
  }
  return [...found];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EPERM') throw error;
  }
}
