import type { FlagValues } from '../../../flags.ts';
import { type Bag, isBag } from '../config.ts';

/** What docker-machine keeps of one driver's machines, and what it is to ours. */
export interface OldDriver {
  /** The name of ours; the same where it is absent. */
  readonly ours?: string;
  /** Our flags by its keys; "Client.User" is the key of an object in the driver's. */
  readonly keys: Readonly<Record<string, string>>;
  /** Those of them that still matter once the machine is there: they are read. All are written. */
  readonly read: readonly string[];
  /** The flags of its credentials by its keys. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Whom to log in as where the record does not say, as old ones do not. */
  readonly user: string;
  /** Flags that no one key says. */
  flags?(driver: Bag, login: Login): FlagValues;
  /** The ids of what was made, by the kinds of our driver's parts, in the order made. */
  parts?(driver: Bag, name: string): Ids;
  /** The keys that say so. */
  ids?(made: Ids): Bag;
}

export type Ids = Readonly<Record<string, string>>;

/** How the machine is logged in to. */
export interface Login {
  readonly user: string;
  readonly port: number;
  /** The file of the private key; absent for that of an agent. */
  readonly key?: string;
}

/** What our driver wants to know of every machine, and docker-machine did not keep; only `create` uses it. */
export const UNKNOWN = 'unknown';

/** The value of a key such as "Client.User". */
export function valueAt(driver: Bag, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (isBag(value) ? value[name] : undefined), driver);
}

/** The number under a key, as text; nothing for none. */
export function numberIn(bag: Bag, key: string): string {
  const value = bag[key];
  return typeof value === 'number' && value > 0 ? String(value) : '';
}

/** A flag that is given only where there is something to give. */
export function flag(name: string, value: string): FlagValues {
  return value === '' ? {} : { [name]: value };
}

/** The id of a part, where there is one. */
export function given(kind: string, id: string): Ids {
  return id === '' ? {} : { [kind]: id };
}
