import type { Found, Removable, Survey } from '../../drivers/driver.ts';
import type { FlagValues } from '../../flags.ts';
import type { Machine } from '../../store/machine.ts';

/** What to look for. */
export interface GcRequest {
  /** Whom to ask besides the places of the machines that have records: drivers, with the flags that say whom. */
  readonly places: readonly { readonly driver: string; readonly flags: FlagValues }[];
  /** Only what this run of a CI system made, whichever store's it is; as a label says it. */
  readonly run?: string;
  /** Other stores' too, where their labels say that it is to go. */
  readonly allStores?: boolean;
}

/** Whom to ask: one scope of a driver. */
export interface Place {
  readonly driver: string;
  /** As its survey names it: "us-east-1". */
  readonly scope: string;
  readonly flags: FlagValues;
  readonly survey: Survey;
  readonly removable: readonly Removable[];
}

/** Something that is to go, and why. */
export interface Leftover {
  /** A machine with a record here, the parts of one without, or something that machines shared. */
  readonly what: 'machine' | 'parts' | 'shared';
  /** Of the machine; without a record as a label says it, in small letters and cut. Of what was shared the key. */
  readonly name: string;
  readonly driver: string;
  readonly where?: string;
  /** Its store's id. */
  readonly store: string;
  /** ISO 8601; absent where nothing says it. */
  readonly created?: string;
  /** "its time was over 2h ago" */
  readonly reason: string;
  readonly parts: readonly { readonly kind: string; readonly id: string }[];
}

/** A leftover with what it takes to remove it. */
export type Removal = RecordRemoval | PartsRemoval;

export interface RecordRemoval {
  readonly leftover: Leftover;
  /**
   * Whether the machine of this name is still the one that was found, and still to go; undefined: has no record. Only for
   * who holds its lock and its lease.
   */
  still(machine: Machine | undefined): Promise<boolean>;
}

export interface PartsRemoval {
  readonly leftover: Leftover;
  readonly place: Place;
  readonly found: readonly Found[];
}

/** What would go, were it not for this: "it is protected". */
export interface Kept extends Leftover {
  readonly because: string;
}

/** Who could not be asked, or what could not be read: there may be more than was found. */
export interface Problem {
  /** "amazonec2 us-east-1", or a machine's name. */
  readonly about: string;
  readonly error: unknown;
}

export interface Findings {
  readonly removals: readonly Removal[];
  readonly kept: readonly Kept[];
  readonly problems: readonly Problem[];
}
