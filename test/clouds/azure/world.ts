import { randomUUID } from 'node:crypto';
import type { Guest } from '../guests.ts';
import { Refusal } from './refusal.ts';

/** A resource as it was asked for, and what became of it. */
export interface Stored {
  readonly id: string;
  /** "Microsoft.Network/networkInterfaces"; "Microsoft.Resources/resourceGroups" for a group. */
  readonly type: string;
  readonly group: string;
  readonly name: string;
  body: Body;
  state: 'Creating' | 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';
  /** Before this moment others do not see it yet. */
  readonly visible: number;
  /** It was there before the test began, or somebody else made it. */
  readonly foreign: boolean;
  readonly etag: string;
}

export interface Body {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
  readonly sku?: { readonly name?: string };
  readonly plan?: object;
  readonly identity?: { readonly userAssignedIdentities?: Readonly<Record<string, object>> };
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What a machine has beside its definition. */
export interface Machine {
  power: 'creating' | 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';
  /** Azure's code for why it could not be made or started. */
  failure?: { readonly code: string; readonly message: string };
  readonly disk: string;
  readonly userData: string;
  guest?: Guest;
}

export interface Quotas {
  cores: number;
  family: number;
  spotCores: number;
  machines: number;
  addresses: number;
}

/** All that there is in the subscription. */
export interface World {
  readonly subscription: string;
  /** ms that an operation takes, and that a new thing is not seen everywhere. */
  readonly pace: number;
  lag: number;
  /** What is there no more, and since when. */
  readonly gone: { readonly thing: Stored; readonly since: number }[];
  readonly guests: boolean;
  /** Public addresses get other numbers while their machine is off. */
  readonly moves: boolean;
  /** By ids in small letters. */
  readonly things: Map<string, Stored>;
  readonly machines: Map<string, Machine>;
  /** Public and private addresses by what has them. */
  readonly addresses: Map<string, string>;
  readonly quotas: Quotas;
  /** The next machines that are made or started fail so, each after it was accepted. */
  readonly misfortunes: { code: string; message: string }[];
  /** Until when an interface is kept for a machine that could not be made, by ids in small letters. */
  readonly reserved: Map<string, number>;
  /** A new loopback address. */
  newAddress(): string;
}

export function newWorld(options: Pick<World, 'pace' | 'lag' | 'guests' | 'moves'> & { network: number }): World {
  let count = 0;
  return {
    subscription: randomUUID(),
    pace: options.pace,
    lag: options.lag,
    gone: [],
    guests: options.guests,
    moves: options.moves,
    things: new Map(),
    machines: new Map(),
    addresses: new Map(),
    quotas: { cores: 20, family: 10, spotCores: 6, machines: 25, addresses: 20 },
    misfortunes: [],
    reserved: new Map(),
    newAddress() {
      count += 1;
      return `127.${options.network}.${Math.floor(count / 250)}.${(count % 250) + 1}`;
    },
  };
}

export const GROUP = 'Microsoft.Resources/resourceGroups';

/** What is under this id, if it can be seen by now. */
export function seen(world: World, id: string | undefined): Stored | undefined {
  const thing = world.things.get((id ?? '').toLowerCase());
  return thing && thing.visible <= Date.now() ? thing : undefined;
}

/** Takes it out of the world; lists show it for a while yet. */
export function takeAway(world: World, id: string): void {
  const thing = world.things.get(id.toLowerCase());
  if (thing) world.gone.push({ thing, since: Date.now() });
  world.things.delete(id.toLowerCase());
}

/** As lists show the world: a moment ago. */
export function listed(world: World): Stored[] {
  const then = Date.now() - world.lag;
  const there = [...world.things.values()].filter(({ visible }) => visible <= Date.now());
  const gone = world.gone.filter(({ thing, since }) => since > then && thing.visible <= Date.now());
  return [...there, ...gone.map(({ thing }) => thing)];
}

export function ofType(world: World, type: string): Stored[] {
  return [...world.things.values()].filter((thing) => thing.type.toLowerCase() === type.toLowerCase());
}

export function groupIdIn(world: World, group: string): string {
  return `/subscriptions/${world.subscription}/resourceGroups/${group}`;
}

/** Keeps what was asked for. A thing that is there already is changed. @throws Refusal without its group */
export function put(world: World, thing: Omit<Stored, 'visible' | 'etag' | 'foreign'>, foreign = false): Stored {
  const present = world.things.get(thing.id.toLowerCase());
  if (present) {
    present.body = thing.body;
    present.state = thing.state;
    return present;
  }
  const stored: Stored = {
    ...thing,
    foreign,
    visible: Date.now() + (foreign ? 0 : world.lag),
    etag: `W/"${randomUUID()}"`,
  };
  world.things.set(thing.id.toLowerCase(), stored);
  return stored;
}

/** @throws Refusal as Azure does for everything in a group that is not there */
export function mustHaveGroup(world: World, group: string): Stored {
  const found = seen(world, groupIdIn(world, group));
  if (!found) throw new Refusal(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  if (found.state !== 'Deleting') return found;
  throw new Refusal(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${group}' is in deprovisioning state and cannot perform this operation.`,
  );
}

/** What is referred to by an id in a request. @throws Refusal where it is not there, elsewhere, or not ready */
export function referred(world: World, id: unknown, location: string | undefined): Stored {
  const found = seen(world, typeof id === 'string' ? id : undefined);
  if (!found)
    throw new Refusal(400, 'InvalidResourceReference', `Resource ${id} referenced by the resource was not found.`);
  if (location !== undefined && found.body.location !== location) {
    throw new Refusal(
      400,
      'InvalidResourceReference',
      `Resource ${id} is in '${found.body.location}', not in '${location}'.`,
    );
  }
  if (found.state === 'Succeeded') return found;
  throw new Refusal(
    409,
    'ReferencedResourceNotProvisioned',
    `Resource ${id} is not in Succeeded state. It is in ${found.state} state.`,
  );
}

export function properties(thing: Stored): Record<string, unknown> {
  return { ...thing.body.properties };
}

/** A list of objects in a body, whatever was sent. */
export function listIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

export function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
