import type { Endpoint } from '../endpoint.ts';
import type { FlagSpecs, FlagValues } from '../flags.ts';

export type { Endpoint } from '../endpoint.ts';

/** What a module under drivers/ exports by default: everything that the core needs to know of one place. */
export interface DriverModule {
  /** One line for `slipway drivers`. */
  readonly summary: string;
  /** Names start with the driver's own: "qemu-memory". */
  readonly flags: FlagSpecs;
  /** The driver for one machine. Only looks at the values: touches nothing and asks nobody. Throws `bad-input`. */
  driver(values: FlagValues, site: Site): Driver;
}

/** What the core gives a driver to work with, for one machine. */
export interface Site {
  /** The machine's name. */
  readonly machine: string;
  /** A folder for this driver's own files of this machine: absolute. The driver makes and removes it, as a part. */
  readonly folder: string;
  /** A folder for what all machines of this driver share (images): absolute, may not exist yet. */
  readonly cache: string;
  /** Tells the person at the command line what was chosen or is being waited for. */
  note(sentence: string): void;
  readonly signal?: AbortSignal;
  /** Does the work while no other process of this computer does work of the same name: `image-debian-12`. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** What a new machine must find at its first boot; there only while one is created. */
  readonly bootstrap?: Bootstrap;
}

/** What the first boot needs. The document holds the bootstrap host key, so it is as secret as that. */
export interface Bootstrap {
  /** A cloud-init document, `#cloud-config` first. */
  readonly userData: string;
  /** The user that the document makes, with password-less sudo. */
  readonly user: string;
  /** The line for authorized_keys. */
  readonly publicKey: string;
}

/** The machines of one place. A missing method is a missing ability. */
export interface Driver {
  /** Throws a sentence if create could not succeed. Only reads. */
  check?(): Promise<void>;
  /** In the order made; removed in reverse. Empty when somebody else made the host. */
  readonly parts: readonly Part[];
  /** Where the machine is reached; undefined while it has no address, or is off. */
  endpoint(made: Made): Promise<Endpoint | undefined>;
  /** Absent when power is not ours. */
  readonly power?: Power;
  /**
   * The host's key as the user gave it, a fingerprint "SHA256:…" or a public key line; only where somebody else made
   * the host. Without it the core looks into the user's known_hosts, and then asks.
   */
  readonly hostKey?: string;
  /** What the machine wrote to its console, the newest last; undefined while there is none. */
  console?(made: Made): Promise<string | undefined>;
}

/** One thing that the place would bill or keep. */
export interface Part {
  /** "disk", "instance"; once in a driver's list. */
  readonly kind: string;
  /** Asks for it under this key and gives its id at once, without waiting for it to be ready. */
  create(key: string, made: Made): Promise<string>;
  /** The id of what was made under this key, by whomever; settles what a crash during create left open. */
  find(key: string): Promise<string | undefined>;
  /** For how many milliseconds after an unanswered create `find` may still miss it; 0 when absent. */
  readonly settles?: number;
  /** Succeeds if it is already gone; resolves when the place confirms that it is. */
  destroy(id: string): Promise<void>;
}

/** The ids of the parts made so far, by their kind. */
export type Made = Readonly<Record<string, string>>;

export interface Power {
  state(made: Made): Promise<PowerState>;
  /** Resolves once the place has accepted; the core waits for the endpoint. The same holds for the others. */
  start(made: Made): Promise<void>;
  /** In an orderly way; resolves when it is off. */
  stop(made: Made): Promise<void>;
  /** At once; resolves when it is off. */
  kill?(made: Made): Promise<void>;
  /** Where the place can do better than stop and start. */
  restart?(made: Made): Promise<void>;
}

/** Words of docker-machine, so that scripts that read `status` go on working. `Gone`: the place knows no such machine. */
export type PowerState = 'Running' | 'Stopped' | 'Starting' | 'Stopping' | 'Gone';
