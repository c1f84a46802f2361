import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from './poll.ts';
import { type Turns, turns } from './turns.ts';

/** Through which all requests of this process to one account go: when it asks one of them for patience, all have it. */
export interface Gate {
  /**
   * Makes the request when it is its turn, and again for as long as the place asks for patience and we have some.
   * @throws SlipwayError `interrupted`; what the request threw, or what another did when it was asked for more patience
   * than we have
   */
  pass<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export interface GateOptions {
  /**
   * For an error with which the place asks for patience: for how many milliseconds, or 0 where it does not say; undefined
   * for every other error.
   */
  readonly pauseFor: (error: unknown) => number | undefined;
  /** For how long such answers may put one request off, in milliseconds; 0: what is refused is not asked again. */
  readonly patience: number;
}

/** How many requests are on their way at once while nobody asks for patience. */
const MOST = 16;
/** Where the place does not say how long to wait: the first pause, which doubles up to the longest, in milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;

/** After each request for patience half as many go at once, and one more after each round that went well. */
export function newGate({ pauseFor, patience }: GateOptions): Gate {
  const room = turns(MOST);
  const door = newDoor(room);
  let refusal: unknown;
  const askAgain = async <T>(request: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    for (let since = Number.POSITIVE_INFINITY; ; ) {
      if (door.opens() - Math.min(since, performance.now()) > patience) throw refusal;
      await door.open(signal);
      const sent = performance.now();
      try {
        const answer = await request();
        door.wentWell(sent);
        return answer;
      } catch (error) {
        const pause = pauseFor(error);
        if (pause === undefined || patience === 0) throw error;
        refusal = error;
        since = Math.min(since, sent);
        door.shut(pause, sent);
      }
    }
  };
  return {
    async pass(request, signal) {
      const leave = await room.enter(signal);
      return askAgain(request, signal).finally(leave);
    },
  };
}

/** What Retry-After says (RFC 9110, section 10.2.3), seconds or a date, in milliseconds from now; 0 for nothing. */
export function retryAfter(header: string | null | undefined): number {
  if (!header) return 0;
  const pause = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(pause) ? 0 : Math.max(pause, 0);
}

/** Keeps all requests back for a while; what was on its way when it was shut says nothing new. */
function newDoor(room: Turns) {
  let opens = 0;
  let width = MOST;
  let pause = FIRST_PAUSE;
  const setWidth = (next: number) => {
    width = Math.max(1, Math.min(MOST, next));
    room.most = Math.floor(width);
  };
  return {
    opens: () => opens,
    async open(signal: AbortSignal | undefined) {
      for (let left = opens - performance.now(); left > 0; left = opens - performance.now()) {
        await delay(left, undefined, signal ? { signal } : {}).catch(() => undefined);
        throwIfAborted(signal, 'the place to take requests again');
      }
    },
    wentWell(sent: number) {
      if (sent < opens) return;
      setWidth(width + 1 / width);
      pause = FIRST_PAUSE;
    },
    /** A little longer by chance, so that processes which were sent away together do not come back together. */
    shut(asked: number, sent: number) {
      const least = asked || pause;
      if (sent >= opens) {
        setWidth(width / 2);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
      opens = Math.max(opens, performance.now() + least + Math.random() * Math.min(least, 1000));
    },
  };
}
