import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guests.ts';
import { Refusal } from '../rest.ts';

/** Anything that an account keeps, as the API shows it. */
// biome-ignore lint/suspicious/noExplicitAny: shapes as recorded
export type Thing = Record<string, any> & { id: number };

export type Kind = 'virtualGuests' | 'sshKeys' | 'securityGroups' | 'networkVlans';

interface Entry {
  readonly kind: Kind;
  readonly thing: Thing;
  readonly given: boolean;
  readonly since: number;
  until?: number;
}

/** How slow the place is, in milliseconds. */
export interface Pace {
  /** What a transaction takes. */
  step: number;
  /** For how long lists show what was before. */
  lag: number;
}

let ids = 1_234_000;
export const newId = () => {
  ids += 1;
  return ids;
};

export type World = ReturnType<typeof newWorld>;

/** One account. */
export function newWorld(pace: Pace, guests: boolean) {
  const entries: Entry[] = [];
  const there = (kind: Kind) => entries.filter((each) => each.kind === kind && each.until === undefined);
  return {
    pace,
    guests,
    account: newId(),
    /** The real machines behind virtual servers, by their ids. */
    machines: new Map<number, Guest>(),
    /** Data centres that have nothing left. */
    exhausted: new Set<string>(),
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
      const found = this.all(kind).find((thing) => String(thing.id) === String(id));
      if (found) return found;
      throw new Refusal(404, 'SoftLayer_Exception_ObjectNotFound', `Unable to find object with id of '${id}'.`);
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
    /** One transaction at a time on a virtual server. @throws Refusal */
    begin(guest: Thing, work: () => Promise<void>): void {
      if (guest.activeTransaction) {
        throw new Refusal(500, 'SoftLayer_Exception_Virtual_Guest_ActiveTransaction', 'A transaction is in progress.');
      }
      guest.activeTransaction = { id: newId() };
      void delay(pace.step)
        .then(work)
        .finally(() => {
          delete guest.activeTransaction;
        });
    },
  };
}
