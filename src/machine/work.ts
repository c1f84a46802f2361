import type { DriverTable } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';
import type { Memory } from '../memory.ts';
import { type Report, type Teller, teller } from '../progress.ts';
import type { Layout } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';

/** What every verb works with. */
export interface Work {
  readonly store: Layout;
  readonly env: NodeJS.ProcessEnv;
  /** Drivers from other packages, besides our own. */
  readonly drivers?: DriverTable;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
  /** What the machines of one command share; absent where there is but one. */
  readonly memory?: Memory | undefined;
  /** Puts a question to the person at the terminal; absent where there is none. */
  readonly ask?: Ask | undefined;
}

export interface Ask {
  yes(question: string): Promise<boolean>;
  secret(question: string): Promise<string>;
}

/** Tells what is done with one machine. */
export function tellerFor(work: Work, name: string): Teller {
  return teller(name, work.report);
}

/** Does the work alone: no other living process changes this machine meanwhile. */
export async function withMachine<T>(work: Work, name: string, alone: () => Promise<T>): Promise<T> {
  return withLock(work.store.locks, name, alone, {
    signal: work.signal,
    waiting: (holder) =>
      work.report({
        machine: name,
        stage: 'wait for its turn',
        state: 'note',
        detail: `process ${holder.pid} ("${holder.command}") works on it`,
      }),
  });
}

/** The lock's name for what machines share; no machine's name begins with this sign. */
export function sharedLock(what: string): string {
  return `_${what}`;
}

/** The same work without its signal: what must be finished even after Ctrl-C. */
export function uninterrupted(work: Work): Work {
  return { ...work, signal: undefined };
}

/** @throws SlipwayError `unsupported`, in a sentence that names the driver and the verb */
export function cannot(driver: string, verb: string, name: string): SlipwayError {
  return new SlipwayError('unsupported', `The driver "${driver}" cannot ${verb} "${name}"`, {
    hint: 'Its power is not in our hands: do it where the host is managed.',
  });
}
