import { spawnSync } from 'node:child_process';

/** One file under bench/: what it measures, a line of the table each. */
export interface Bench {
  rows(ground: Ground): Promise<Row[]>;
}

/** A line of the table. */
export interface Row {
  readonly what: string;
  /** What came out, with its unit: "41 ms, 1.9 × bare node". */
  readonly measured: string;
  /** What it is to be: "at most 2.5 ×"; absent where a number is only shown. */
  readonly target?: string;
  /** Whether the target is reached. */
  readonly met?: boolean;
  /** The same work of docker-machine, where DOCKER_MACHINE names one. */
  readonly old?: string;
}

/** What all of them work with. */
export interface Ground {
  /** An empty folder of the run's own, removed at its end. */
  readonly folder: string;
  /** The words that start Slipway: Node and the program. */
  readonly slipway: readonly [string, string];
  /** The path of docker-machine's program, where there is one to compare with. */
  readonly dockerMachine: string | undefined;
  /** How often everything is done; medians are taken of these. */
  readonly runs: number;
}

/** What one run of a program took, in milliseconds. */
export interface Time {
  readonly wall: number;
  /** Of the processor, its own and the system's for it: it suffers less when the computer has more to do. */
  readonly cpu: number;
}

export interface Line {
  readonly words: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Another code than 0 counts too. */
  readonly mayFail?: boolean;
}

/**
 * Runs the command lines in turns, so that what disturbs the computer disturbs each alike, and gives the medians of each.
 * @throws Error when one does not end with 0
 */
export function compare<K extends string>(lines: Readonly<Record<K, Line>>, runs: number): Record<K, Time> {
  const names = Object.keys(lines) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as Time[]])) as Record<K, Time[]>;
  for (const name of names) time(lines[name]); // once for the caches of the system, and our own
  for (let run = 0; run < runs; run++) for (const name of names) times[name].push(time(lines[name]));
  return Object.fromEntries(names.map((name) => [name, medians(times[name])])) as Record<K, Time>;
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** "1.9 ×" */
export function times(ratio: number): string {
  return `${ratio.toFixed(1)} ×`;
}

/** "41 ms", "5.2 s" */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function medians(all: readonly Time[]): Time {
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)) };
}

/** Node tells nothing of the processor time of its children; bash does, to the millisecond. */
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; time "$@" </dev/null >/dev/null 2>&1';

function time({ words, env = process.env, mayFail = false }: Line): Time {
  const { stderr, status } = spawnSync('bash', ['-c', TIMED, 'bash', ...words], { encoding: 'utf8', env });
  if (status !== 0 && !mayFail) throw new Error(`"${words.join(' ')}" ended with ${status}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(/\s+/).map(Number);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}
