/** One request to a cloud's API, as its server understood it. */
export interface Call {
  /** Counted from 1. */
  readonly n: number;
  /** The vendor's name for it, with what it is about: "RunInstances", "PUT networkInterfaces", "instances.insert". */
  readonly what: string;
  /** It only asks: nothing changes whether it is carried out or not. */
  readonly reads: boolean;
}

/** What is sent back to a call. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What a test does to a call. Instead of an answer, `drop` cuts the connection and `silence` keeps it open; `half` ends
 * the answer in its middle, as if that were all of it.
 */
export type Fault = 'drop' | 'silence' | 'half' | Answer;

/** How a place can say no whatever it is asked: not allowed, too many requests, out of order, overloaded. */
export type Trouble = 403 | 429 | 500 | 503;

/** A server of one cloud's API that runs here, and what the command line needs to use it. */
export interface Cloud {
  /** The driver's name. */
  readonly driver: string;
  /** For the command line: where the API is, and credentials for it. */
  readonly env: NodeJS.ProcessEnv;
  /** The driver's flags for the smallest machine. */
  readonly words: readonly string[];
  /** Machines have no firewall of their own there. */
  readonly unguarded?: true;
  readonly calls: readonly Call[];
  /** Called before a call is carried out, and after, before it is answered; a fault takes the answer's place. */
  intercept: (call: Call, when: 'before' | 'after') => Promise<Fault | undefined> | Fault | undefined;
  /** Everything that it holds and did not hold when it was started: "instance i-0123 (running)". */
  left(): Promise<string[]>;
  /** What was wrong with requests, by the vendor's definitions; a test fails unless this is empty. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** One that the fault rig can disturb: test/faults/rig.ts. */
export interface FaultyCloud extends Cloud {
  /** As the vendor words it; 429 with a second of patience asked for. */
  refusal(trouble: Trouble): Answer;
  /** From now on what was made, changed or removed shows in lists only so many milliseconds later. */
  lag(ms: number): Promise<void>;
}

/** The words with which `slipway create` makes the smallest machine on a cloud, whom only this computer may reach where that can be said. */
export function wordsFor({ driver, words, unguarded }: Cloud): string[] {
  const guard = unguarded ? [] : ['--allow-from', '127.0.0.1'];
  return ['--driver', driver, ...guard, ...words];
}
