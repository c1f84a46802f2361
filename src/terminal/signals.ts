import { constants } from 'node:os';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that aborts at the first Ctrl-C, end of the terminal or kill, so that the work can undo what it did. A second
 * one ends the process at once, after `left` has said what may remain.
 */
export function interruption(left: () => string): AbortSignal {
  const controller = new AbortController();
  for (const name of ENDING) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.stderr.write(`${left()}\n`);
        process.exit(130);
      }
      controller.abort();
    });
  }
  return controller.signal;
}

/** Every signal that comes, for whoever's turn it is. */
export interface Signals {
  /** The first that asked for the end. */
  readonly first: NodeJS.Signals | undefined;
  /** From now on they are for this one. */
  give(to: (name: NodeJS.Signals) => void): void;
}

/** Takes all signals away from the process itself, so that none ends it unawares. */
export function signalsFor(to: (name: NodeJS.Signals) => void): Signals {
  let [first, last, at, taker]: [NodeJS.Signals | undefined, string, number, typeof to] = [undefined, '', 0, to];
  for (const name of [...ENDING, 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const) {
    process.on(name, () => {
      const isSame = name === last && performance.now() - at < SAME;
      [last, at] = [name, performance.now()];
      if (isSame) return;
      if (asksForEnd(name)) first ??= name;
      taker(name);
    });
  }
  return {
    get first() {
      return first;
    },
    give(next) {
      taker = next;
    },
  };
}

/** One press of Ctrl-C comes twice where npm started us: from the terminal, and passed on by npm. In milliseconds. */
const SAME = 250;

export function asksForEnd(name: NodeJS.Signals): boolean {
  return name !== 'SIGUSR1' && name !== 'SIGUSR2';
}

/** Somebody at a keyboard, who sees what is said: Ctrl-C, Ctrl-\. */
export function isTyped(name: NodeJS.Signals): boolean {
  return name === 'SIGINT' || name === 'SIGQUIT';
}

/** The exit code by which shells tell that a signal ended a program. */
export function exitCodeFor(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
