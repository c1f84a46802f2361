import type { Call, Fault, FaultyCloud, Trouble } from '../clouds/cloud.ts';

/** What can happen to one request. */
export interface Misfortune {
  /** As it stands in the table. */
  readonly name: string;
  /** The process dies of it. */
  readonly kills?: true;
  /** Makes no sense for a request that only asks: there it is as another misfortune. */
  readonly changesOnly?: true;
  /** For each request from that one on, and not just for that one. */
  readonly lasts?: true;
  /** Nobody answers: the client must give up by itself. */
  readonly silent?: true;
  /** What becomes of the request, before it is carried out or after; of a later one where it lasts. */
  fault(cloud: FaultyCloud, when: 'before' | 'after', later: boolean): Fault | undefined;
}

const when = (moment: 'before' | 'after', fault: Fault) => (_: FaultyCloud, now: 'before' | 'after') =>
  now === moment ? fault : undefined;
const refused = (moment: 'before' | 'after', trouble: Trouble) => (cloud: FaultyCloud, now: 'before' | 'after') =>
  now === moment ? cloud.refusal(trouble) : undefined;

export const DEATHS: readonly Misfortune[] = [
  { name: 'killed before the request', kills: true, fault: when('before', 'drop') },
  { name: 'killed after it was carried out', kills: true, changesOnly: true, fault: when('after', 'drop') },
];

export const REFUSED: Misfortune = { name: '403', fault: refused('before', 403) };

/** Made, and then refused when it is asked for again, as everything is: nobody may take it for not made. */
export const REFUSED_TOO_LATE: Misfortune = {
  name: '500, carried out, and then 403',
  lasts: true,
  changesOnly: true,
  fault: (cloud, now, later) => (later ? refused('before', 403)(cloud, now) : refused('after', 500)(cloud, now)),
};

/** `carried out` says that the server did what it was asked, and the client could not know. */
export const FAULTS: readonly Misfortune[] = [
  { name: 'connection cut, carried out', fault: when('after', 'drop') },
  { name: '429 with Retry-After', fault: refused('before', 429) },
  { name: '500, carried out', fault: refused('after', 500) },
  { name: '503', fault: refused('before', 503) },
  { name: 'no answer, carried out', silent: true, fault: when('after', 'silence') },
  { name: 'half an answer, carried out', fault: when('after', 'half') },
  REFUSED,
  { name: 'connection cut, also all later ones', lasts: true, fault: when('before', 'drop') },
  { name: '503, also all later ones', lasts: true, fault: refused('before', 503) },
  REFUSED_TOO_LATE,
];

/** A request of a command, counted from 1, and what happens to it. */
export interface Point {
  readonly n: number;
  readonly what: string;
  readonly reads: boolean;
  readonly misfortune: Misfortune;
}

/** All of these misfortunes at each of the calls. */
export function everywhere(calls: readonly Call[], misfortunes: readonly Misfortune[]): Point[] {
  return calls.flatMap(({ what, reads }, index) =>
    misfortunes.flatMap((misfortune) =>
      reads && misfortune.changesOnly ? [] : [{ n: index + 1, what, reads, misfortune }],
    ),
  );
}

/** As `everywhere`, but of the calls that only ask only at each third. */
export function someReads(calls: readonly Call[], misfortunes: readonly Misfortune[]): Point[] {
  return everywhere(calls, misfortunes).filter(({ n, reads }) => !reads || n % 3 === 1);
}

/** Some of these misfortunes, in turn: two at each call that changes something, one at every second that only asks. */
export function sampled(calls: readonly Call[], misfortunes: readonly Misfortune[]): Point[] {
  let turn = 0;
  const next = (reads: boolean) => {
    const those = reads ? misfortunes.filter(({ changesOnly }) => !changesOnly) : misfortunes;
    return those[turn++ % those.length];
  };
  return calls.flatMap(({ what, reads }, index) => {
    if (reads && index % 2 === 1) return [];
    const chosen = reads ? [next(true)] : [next(false), next(false)];
    return chosen.flatMap((misfortune) => (misfortune ? [{ n: index + 1, what, reads, misfortune }] : []));
  });
}

/** Lets the misfortune happen to the request of this number, counted from now on; `die` is called before a kill's. */
export function strike(
  cloud: FaultyCloud,
  { n, misfortune }: Point,
  die: () => void,
): { reached(): boolean; end(): void } {
  const first = cloud.calls.length;
  let reached = false;
  cloud.intercept = (call, moment) => {
    const at = call.n - first;
    if (at < n || (at > n && !misfortune.lasts)) return undefined;
    const fault = misfortune.fault(cloud, moment, at > n);
    if (fault === undefined) return undefined;
    reached = true;
    if (misfortune.kills) die();
    return fault;
  };
  return {
    reached: () => reached,
    end: () => {
      cloud.intercept = () => undefined;
    },
  };
}
