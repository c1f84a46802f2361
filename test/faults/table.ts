import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { NAME, stillListening, type World } from './world.ts';

/** One command in one kind of world, to be killed at each of its operations. */
export interface Scenario {
  readonly title: string;
  /** Made anew for each point. */
  readonly world: (point?: Point) => Promise<World>;
  /** Absent where the world is as the death left it. */
  readonly words?: readonly string[];
  /** The operation before which the command dies at the latest; absent where it is let end. */
  readonly until?: string;
  /** What the preloads shall do besides. */
  readonly faults?: NodeJS.ProcessEnv;
  /** What comes after the kill, and what must have removed all that was left; `slipway rm` where not said. */
  readonly after?: (world: World) => Promise<string[]>;
}

/** A moment: before an operation, or when the program that it starts runs. */
export interface Point {
  readonly when: 'before' | 'started' | 'during';
  readonly operation: string;
}

export interface Row extends Point {
  readonly scenario: string;
  /** False where the command ended without doing this operation. */
  readonly reached: boolean;
  /** What was still there at the end; none is what is wanted. */
  readonly leaks: readonly string[];
}

/** Every moment of a run: after an operation is before the next, and a program's start is followed by its running. */
export function pointsOf(journal: readonly string[]): Point[] {
  return journal.flatMap((operation) => {
    const before: Point = { when: 'before', operation };
    if (!operation.startsWith('spawn ')) return [before];
    return [before, { when: 'started', operation }, { when: 'during', operation }];
  });
}

/** The operations of a run that is not killed, or only where it ends at the latest. */
export async function operationsOf(scenario: Scenario): Promise<string[]> {
  const { words = [], until } = scenario;
  const world = await scenario.world();
  try {
    const { code, stdout, stderr } = await world.slipway(words, { ...scenario.faults, ...latest(until) });
    if (code !== (until === undefined ? 0 : KILLED)) throw new Error(`${scenario.title}:\n${stdout}${stderr}`);
    return await world.journal();
  } finally {
    await world.remove();
  }
}

/** Kills the command at each point, in a world of its own, as many at a time as there are processors. */
export async function killAtEach(scenario: Scenario, points: readonly Point[]): Promise<Row[]> {
  const rows: Row[] = [];
  const queue = [...points.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      rows[next[0]] = await killAt(scenario, next[1]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return rows;
}

async function killAt(scenario: Scenario, point: Point): Promise<Row> {
  const world = await scenario.world(point);
  try {
    const reached = scenario.words === undefined || (await isKilled(world, scenario, scenario.words, point));
    const sockets = await world.listening();
    const leaks = [...(await (scenario.after ?? removed)(world)), ...(await leftInTheEnd(world))];
    if (await stillListening(sockets)) leaks.push('a listening port');
    return { ...point, scenario: scenario.title, reached, leaks };
  } finally {
    await world.remove();
  }
}

async function isKilled(world: World, { faults, until }: Scenario, words: readonly string[], point: Point) {
  const fault = { [`SLIPWAY_FAULT_${point.when.toUpperCase()}`]: point.operation };
  const end = point.operation === until ? {} : latest(until);
  const { code } = await world.slipway(words, { ...faults, ...fault, ...end });
  return code === KILLED && (await world.journal()).includes(point.operation);
}

/** A process that was told to end needs a moment for it. */
async function leftInTheEnd(world: World): Promise<string[]> {
  const end = performance.now() + 5000;
  for (;;) {
    const left = await world.left();
    if (left.length === 0 || performance.now() > end) return left;
    await delay(100);
  }
}

/** Removes the machine; gives what is wrong with how that ended. */
export async function removed(world: World): Promise<string[]> {
  const { code, stderr } = await world.slipway(['rm', '-y', NAME]);
  return code === 0 || stderr.includes(`There is no machine "${NAME}"`) ? [] : [`slipway rm: ${stderr}`];
}

/** What program.ts gives for a program that a signal ended. */
export const KILLED = -1;

function latest(operation: string | undefined): NodeJS.ProcessEnv {
  return operation === undefined ? {} : { SLIPWAY_FAULT_LATEST: operation };
}
