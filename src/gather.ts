import { SlipwayError } from './errors.ts';

export interface Gathering {
  /** How many things one question may be about. */
  readonly most: number;
  /** The least time between two questions, in milliseconds; what is asked meanwhile goes with the next. */
  readonly every: number;
}

/** Asks about one thing; undefined where there is no such thing. */
export type AskOne<T> = (key: string, signal?: AbortSignal) => Promise<T | undefined>;

/** For others to ask too before the first question goes out, in milliseconds. */
const MOMENT = 10;

/**
 * Lets what is asked about single things at about the same time be asked as one: however many wait for something, the
 * place is asked as often as for one of them.
 */
export function gather<T>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  { most, every }: Gathering,
): AskOne<T> {
  let waiting = new Map<string, Promise<T | undefined>>();
  let next: Promise<ReadonlyMap<string, T>> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const send = async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(MOMENT, last + every - performance.now())));
    const keys = [...waiting.keys()];
    waiting = new Map();
    next = undefined;
    last = performance.now();
    return inParts(keys, most, ask);
  };
  return (key, signal) => {
    next ??= send();
    const answer = waiting.get(key) ?? next.then((answers) => answers.get(key));
    waiting.set(key, answer);
    return unlessAborted(answer, signal);
  };
}

async function inParts<T>(
  keys: readonly string[],
  most: number,
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<ReadonlyMap<string, T>> {
  const parts = Array.from({ length: Math.ceil(keys.length / most) }, (_, n) => keys.slice(n * most, (n + 1) * most));
  const answers = await Promise.all(parts.map(ask));
  return new Map(answers.flatMap((each) => [...each]));
}

/** The question goes on, for the others; who is interrupted does not wait for it. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const give = () => reject(new SlipwayError('interrupted', 'Interrupted while waiting for an answer'));
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
