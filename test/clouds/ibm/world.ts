import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guests.ts';
import { Refusal } from '../rest.ts';
import { newFiller } from './definitions.ts';

/** Anything that an account keeps, as the API shows it. */
// biome-ignore lint/suspicious/noExplicitAny: the definitions check it
export type Thing = Record<string, any>;

export type Kind = 'keys' | 'security_groups' | 'instances' | 'floating_ips' | 'volumes' | 'subnets' | 'vpcs';

interface Entry {
  readonly kind: Kind;
  readonly thing: Thing;
  readonly given: boolean;
  readonly since: number;
  until?: number;
}

/** How slow the place is, in milliseconds. */
export interface Pace {
  /** What IBM takes for what it has accepted. */
  step: number;
  /** For how long lists show what was before. */
  lag: number;
}

export type World = ReturnType<typeof newWorld>;

/** One account, in one region. */
export function newWorld(pace: Pace, guests: boolean) {
  const entries: Entry[] = [];
  const there = (kind: Kind) => entries.filter((each) => each.kind === kind && each.until === undefined);
  return {
    pace,
    guests,
    account: randomUUID().replaceAll('-', ''),
    filled: newFiller(),
    /** The real machines behind instances, by the instances' ids. */
    machines: new Map<string, Guest>(),
    /** What zones have none of: "cx2-2x4 us-south-1". */
    exhausted: new Set<string>(),
    /** How many instances the account may have. */
    quota: 25,
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
    get(kind: Kind, id: string | undefined): Thing {
      const found = this.all(kind).find((thing) => thing.id === id);
      if (found) return found;
      throw new Refusal(404, 'not_found', 'Please check whether the resource you are requesting exists.');
    },
    /** Names are unique. @throws Refusal */
    add(kind: Kind, thing: Thing, given = false): Thing {
      if (this.all(kind).some(({ name }) => name === thing.name)) {
        throw new Refusal(400, 'validation_unique_failed', `Provided Name (${thing.name}) is not unique`);
      }
      entries.push({ kind, thing, given, since: Date.now() });
      return thing;
    },
    drop(kind: Kind, thing: Thing): void {
      const entry = there(kind).find((each) => each.thing === thing);
      if (entry) entry.until = Date.now();
    },
    made: () => entries.filter(({ given, until }) => !given && until === undefined),
    /** What has been accepted, and takes its time. */
    later(work: () => Promise<void>): void {
      void delay(pace.step).then(work);
    },
  };
}

/** As IBM's: the region or zone, and a UUID. */
export function newId(prefix = 'r006'): string {
  return `${prefix}-${randomUUID()}`;
}
