import type { Manager, Repository } from '../packages/manager.ts';
import type { System } from '../system.ts';

/** Systems that are set up in the same way. To add one: a file beside this, and its name in systems.ts. */
export interface Family {
  /** For a person. */
  name: string;
  /** ID in os-release; a derivative may have one of them in ID_LIKE instead. */
  ids: readonly string[];
  /** The oldest release, by VERSION_ID, that is known to work; absent where releases have no number. */
  oldest?: string;
  manager: Manager;
  /** Packages that any engine needs beside it here. */
  beside?: readonly string[];
  /** Where Docker serves packages for this system; undefined when it does not. */
  docker?(system: System): Omit<Repository, 'base'> | undefined;
  /** The distribution's own engine; absent when it has none. */
  own?: OwnPackages;
}

export interface OwnPackages {
  /** The package that brings dockerd. */
  engine: string;
  /** The one that holds it, where `engine` only leads to that. */
  holder?: string;
  /** What belongs beside it. */
  others: readonly string[];
  /** Wanted where there is such a package: later releases have split the engine's. */
  maybe?: readonly string[];
  /** Shell to run before, for a system on which the package must be made reachable. */
  before?(system: System): string | undefined;
}
