/** One request to a cloud's API, as its server understood it. */
export interface Call {
  /** Counted from 1. */
  readonly n: number;
  /** The vendor's name for it, with what it is about: "RunInstances", "PUT networkInterfaces", "instances.insert". */
  readonly what: string;
  /** It only asks: nothing changes whether it is carried out or not. */
  readonly reads: boolean;
}

/** What a test does to a call. `drop` cuts the connection instead of an answer. */
export type Fault = 'drop' | { status: number; headers?: Readonly<Record<string, string>>; body: string };

/** A server of one cloud's API that runs here, and what the command line needs to use it. */
export interface Cloud {
  /** The driver's name. */
  readonly driver: string;
  /** For the command line: where the API is, and credentials for it. */
  readonly env: NodeJS.ProcessEnv;
  /** The driver's flags for the smallest machine. */
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  /** Called before a call is carried out, and after, before it is answered; a fault takes the answer's place. */
  intercept: (call: Call, when: 'before' | 'after') => Promise<Fault | undefined> | Fault | undefined;
  /** Everything that it holds and did not hold when it was started: "instance i-0123 (running)". */
  left(): Promise<string[]>;
  /** What was wrong with requests, by the vendor's definitions; a test fails unless this is empty. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** The words with which `slipway create` makes the smallest machine on a cloud, whom only this computer may reach. */
export function wordsFor({ driver, words }: Cloud): string[] {
  return ['--driver', driver, '--allow-from', '127.0.0.1', ...words];
}
