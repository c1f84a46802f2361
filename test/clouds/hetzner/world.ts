import { setTimeout as delay } from 'node:timers/promises';
import type { Guest, NewGuest } from '../guests.ts';
import { Refusal } from '../rest.ts';

/** Anything that a project keeps. */
export interface Thing {
  id: number;
  name: string;
  labels: Record<string, string>;
  created: string;
  // biome-ignore lint/suspicious/noExplicitAny: as the API shows it, which the definitions check
  [field: string]: any;
}

export type Kind = 'servers' | 'ssh_keys' | 'firewalls' | 'networks' | 'placement_groups' | 'primary_ips' | 'volumes';

export interface Action {
  id: number;
  command: string;
  status: 'running' | 'success' | 'error';
  progress: number;
  started: string;
  finished: string | null;
  resources: { id: number; type: string }[];
  error: { code: string; message: string } | null;
}

/** How slow the place is, in milliseconds. */
export interface Pace {
  /** What an action takes. */
  step: number;
  /** For how long lists show what was before. */
  lag: number;
}

/** One project. */
export type World = ReturnType<typeof newWorld>;

let ids = 4_711_000;
export const newId = () => {
  ids += 1;
  return ids;
};

interface Entry {
  readonly kind: Kind;
  readonly thing: Thing;
  readonly given: boolean;
  readonly since: number;
  until?: number;
}

export function newWorld(pace: Pace, guests?: NewGuest) {
  const entries: Entry[] = [];
  const actions = new Map<number, Action>();
  const running: Promise<void>[] = [];
  const there = (kind: Kind) => entries.filter((each) => each.kind === kind && each.until === undefined);
  return {
    pace,
    guests,
    actions,
    /** The real machines behind servers, by the servers' ids. */
    machines: new Map<number, Guest>(),
    /** What locations have none of: "cx23 fsn1". */
    exhausted: new Set<string>(),
    /** How many of a kind a project may have. */
    limits: new Map<Kind, number>(),
    /** What is there now, whether it shows yet or not. */
    all: (kind: Kind): Thing[] => there(kind).map(({ thing }) => thing),
    /** What shows. */
    list(kind: Kind): Thing[] {
      const then = Date.now() - pace.lag;
      const shows = (each: Entry) =>
        (each.given || each.since <= then) && (each.until === undefined || each.until > then);
      return entries.filter((each) => each.kind === kind && shows(each)).map(({ thing }) => thing);
    },
    /** @throws Refusal 404 */
    get(kind: Kind, id: string | number): Thing {
      const found = this.all(kind).find((thing) => thing.id === Number(id));
      if (found) return found;
      throw new Refusal(404, 'not_found', `${kind.slice(0, -1)} with ID '${id}' not found`);
    },
    add(kind: Kind, fields: object, given = false): Thing {
      const thing = { id: newId(), created: new Date().toISOString(), labels: {}, ...fields } as Thing;
      entries.push({ kind, thing, given, since: Date.now() });
      return thing;
    },
    drop(kind: Kind, thing: Thing): void {
      const entry = there(kind).find((each) => each.thing === thing);
      if (entry) entry.until = Date.now();
    },
    /** What was made and is there. */
    made: () => entries.filter(({ given, until }) => !given && until === undefined),
    /** Accepts work, and gives its action at once. */
    begin(command: string, resources: readonly [Kind, Thing][], work: () => Promise<void>): Action {
      const action: Action = {
        id: newId(),
        command,
        status: 'running',
        progress: 0,
        started: new Date().toISOString(),
        finished: null,
        resources: resources.map(([kind, { id }]) => ({ id, type: kind.slice(0, -1) })),
        error: null,
      };
      actions.set(action.id, action);
      running.push(carryOut(action, work, pace));
      return { ...action };
    },
    settled: () => Promise.all(running),
  };
}

async function carryOut(action: Action, work: () => Promise<void>, pace: Pace): Promise<void> {
  await delay(pace.step);
  try {
    await work();
    Object.assign(action, { status: 'success' });
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'unknown_error';
    Object.assign(action, { status: 'error', error: { code, message: (error as Error).message } });
  }
  Object.assign(action, { progress: 100, finished: new Date().toISOString() });
}
