import type { Guest } from '../guests.ts';
import type { Method } from './definitions.ts';
import type { Operation, World } from './world.ts';

/** A request, understood and valid by the definitions. */
export interface Ask {
  readonly method: Method;
  /** Below ".../compute/v1/": "projects/p/zones/z/instances/i". */
  readonly url: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly world: World;
  readonly place: Place;
}

/** What tests decide, and what is behind instances. */
export interface Place {
  /** How much a region grants, and the project: FIREWALLS, NETWORKS. */
  readonly quotas: Record<string, number>;
  /** What zones have none of: "us-central1-a e2-medium", or with "SPOT" after it. */
  readonly exhausted: Set<string>;
  readonly pageSize: number;
  /** Whether instances are real machines. */
  readonly guests: boolean;
  readonly running: Map<string, Guest>;
  /** Two addresses of this computer that nobody else has: 127.N.x.y. */
  nextAddress(): string;
}

export type Handler = (ask: Ask) => Promise<object> | object;

export function regionOf(zone: string): string {
  return zone.replace(/-[a-z]$/, '');
}

/** The full path of what a field of a request names, which may be a URL or leave out the project. */
export function pathIn(ask: Ask, given: unknown): string {
  const text = String(given).replace(/^https?:\/\/.*?\/(?=projects\/)/, '');
  return text.startsWith('projects/') ? text : `projects/${ask.path.project}/${text}`;
}

/** An operation that changes the thing that the URL names. */
export function change(ask: Ask, type: string, target: string, work: () => Promise<void>): Operation {
  return ask.world.begin(target, type, work, ask.query.get('requestId'));
}
