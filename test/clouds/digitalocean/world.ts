import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Guest, NewGuest } from '../guests.ts';
import { Refusal } from '../rest.ts';

/** Anything that an account keeps, as the API shows it. */
// biome-ignore lint/suspicious/noExplicitAny: the definitions check it
export type Thing = Record<string, any> & { id?: any; name?: string };

export type Kind = 'ssh_keys' | 'vpcs' | 'tags' | 'firewalls' | 'droplets' | 'reserved_ips';

interface Entry {
  readonly kind: Kind;
  readonly thing: Thing;
  readonly given: boolean;
  readonly since: number;
  until?: number;
}

/** How slow the place is, in milliseconds. */
export interface Pace {
  /** What an action takes. */
  step: number;
  /** For how long lists show what was before. */
  lag: number;
}

export interface Action {
  readonly id: number;
  status: 'in-progress' | 'completed' | 'errored';
  readonly type: string;
  readonly started_at: string;
  completed_at: string | null;
  readonly resource_id: number;
  readonly resource_type: string;
  readonly region_slug: string;
}

let ids = 3_164_000;
export const newId = () => {
  ids += 1;
  return ids;
};

export type World = ReturnType<typeof newWorld>;

/** One account. */
export function newWorld(pace: Pace, guests?: NewGuest) {
  const entries: Entry[] = [];
  const there = (kind: Kind) => entries.filter((each) => each.kind === kind && each.until === undefined);
  return {
    pace,
    guests,
    uuid: randomUUID(),
    limit: 25,
    actions: new Map<number, Action>(),
    /** The real machines behind droplets, by the droplets' ids. */
    machines: new Map<number, Guest>(),
    userData: new Map<number, string>(),
    /** What regions have none of: "s-1vcpu-1gb nyc3". */
    exhausted: new Set<string>(),
    /** Droplets that are accepted, and then cannot be made. */
    doomed: false,
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
    get(kind: Kind, id: string | number | undefined): Thing {
      const found = this.all(kind).find(
        (thing) =>
          [thing.id, thing.ip, thing.fingerprint].map(String).includes(String(id)) ||
          (kind === 'tags' && thing.name === id),
      );
      if (found) return found;
      throw new Refusal(404, 'not_found', 'The resource you were accessing could not be found.');
    },
    add(kind: Kind, thing: Thing, given = false): Thing {
      entries.push({ kind, thing, given, since: Date.now() });
      return thing;
    },
    drop(kind: Kind, thing: Thing): void {
      const entry = there(kind).find((each) => each.thing === thing);
      if (entry) entry.until = Date.now();
    },
    made: () => entries.filter(({ given, until }) => !given && until === undefined),
    /** Accepts work on a droplet, one at a time, and gives its action at once. */
    begin(type: string, droplet: Thing, work: () => Promise<void>): Action {
      if (droplet.busy) throw new Refusal(422, 'unprocessable_entity', 'Droplet already has a pending event.');
      const action: Action = {
        id: newId(),
        status: 'in-progress',
        type,
        started_at: new Date().toISOString(),
        completed_at: null,
        resource_id: droplet.id,
        resource_type: 'droplet',
        region_slug: droplet.region.slug,
      };
      this.actions.set(action.id, action);
      droplet.busy = true;
      void delay(pace.step)
        .then(work)
        .then(
          () => 'completed' as const,
          () => 'errored' as const,
        )
        .then((status) => {
          droplet.busy = false;
          Object.assign(action, { status, completed_at: new Date().toISOString() });
        });
      return { ...action };
    },
  };
}
