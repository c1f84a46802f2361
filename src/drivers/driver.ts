import type { Endpoint } from '../endpoint.ts';
import type { FlagSpecs, FlagValues } from '../flags.ts';
import type { Memory } from '../memory.ts';

export type { Endpoint } from '../endpoint.ts';

/** What a module under drivers/ exports by default: everything that the core needs to know of one place. */
export interface DriverModule {
  /** One line for `slipway drivers`. */
  readonly summary: string;
  /** Names start with the driver's own: "qemu-memory". */
  readonly flags: FlagSpecs;
  /** The driver for one machine. Only looks at the values: touches nothing and asks nobody. Throws `bad-input`. */
  driver(values: FlagValues, site: Site): Driver;
  /**
   * Every choice that the values leave open (a list of types, of zones, spot or not), each as values with one choice, in
   * the order in which to try them. They are kept in the record, so what is taken from elsewhere (a region from the
   * environment) is written out. Absent: the values are the one choice. Throws `bad-input`.
   */
  candidates?(values: FlagValues): readonly FlagValues[];
  /** Absent where there is nobody to ask about several machines at once. */
  readonly fleet?: Fleet;
  /** Only where there is no fleet, and machines can be left behind all the same. */
  readonly leftovers?: Survey;
}

/** What a place tells about many machines, at the price of a page of results a call and not of a call a machine. */
export interface Fleet extends Survey {
  /** The states of machines of one scope, in their order. */
  states(values: FlagValues, machines: readonly Made[], signal?: AbortSignal): Promise<readonly PowerState[]>;
}

/** What is ours at a place, be there a record of it or none. */
export interface Survey {
  /**
   * Names whom to ask, the account's region for instance: machines of one scope are asked about together. Which flags say
   * it is written in `FlagSpec.scope`.
   */
  scope(values: FlagValues): string;
  /** Every part of the scope that bears a label of ours, whichever store's it is; what has only its key left, too. */
  survey(values: FlagValues, signal?: AbortSignal): Promise<readonly Found[]>;
  /** The kind of part that is the machine itself. */
  readonly machine: string;
  /** How whatever a survey finds is removed: each kind once, in the order in which such things are made. */
  removable(values: FlagValues, site: Site): readonly Removable[];
}

/** A part that the place has. */
export interface Found {
  readonly kind: string;
  /** As the part's `create` and `find` give it. */
  readonly id: string;
  readonly labels: Labels;
  /** The region, zone or location; absent for what is in all of them. */
  readonly where?: string;
}

/** A kind of part as far as removing it goes; `shared` says only whether it is. */
export type Removable = Pick<Part, 'kind' | 'shared' | 'destroy'>;

/**
 * Marks on what a place keeps: `slipway-store`, `slipway-machine`, `slipway-created` and `slipway-expires` (seconds since
 * 1970), `slipway-run`, `slipway-protected` (yes or no; absent where nobody ever asked for it), and with a part its own `slipway-key`. Names and values have at most 63 of a-z, 0-9, _ and -.
 */
export type Labels = Readonly<Record<string, string>>;

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
  /** Shared by the machines of one command: what the place tells all of them alike, and the connection to it. */
  readonly memory: Memory;
  /** Does the work while no other process of this computer does work of the same name: `image-debian-12`. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** What a new machine must find at its first boot; there only while one is created. */
  readonly bootstrap?: Bootstrap;
  /** What each part of the machine bears, besides its key. */
  readonly labels: Labels;
  readonly ingress: Ingress;
  /** When the machine goes by itself; absent for one that stays. */
  readonly lifetime?: Lifetime;
}

/** A timer on the machine powers it off; a place that can see to its end by itself is told of it too. */
export interface Lifetime {
  /** The moment, in ISO 8601, until which it may run. */
  readonly ends?: string;
  /** For how many seconds nobody may have used it. */
  readonly idle?: number;
}

/** What the machine's own firewall shall admit from outside, and nothing else. */
export interface Ingress {
  /** Who may reach SSH and the engine: networks in CIDR notation. */
  readonly from: readonly string[];
  /** False where the engine is spoken to through SSH: then its port stays shut. */
  readonly engine: boolean;
  /** What everybody may reach. */
  readonly open: readonly Port[];
}

export interface Port {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** The user that a new machine's first boot makes, where the driver names no other. */
export const USER = 'slipway';

/** What the first boot needs. The document holds the bootstrap host key, so it is as secret as that. */
export interface Bootstrap {
  /** What cloud-init takes: a document that begins with `#cloud-config`, or a MIME archive of several. */
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
  /**
   * Whose account the present credentials open, where the values do not say so: in another account nothing of ours is
   * found, which must not be taken for gone.
   */
  account?(): Promise<string | undefined>;
  /**
   * The place does not tell whose account it is. Then nothing of a machine is taken for gone while that part cannot be
   * found which was made first, and so is removed last.
   */
  readonly nameless?: boolean;
  /** What create would make and what that costs; only where there is more to say than the kinds of the parts. Only reads. */
  plan?(): Promise<Plan>;
  /** The place removes the machine by itself at its end. The machine's own timer then leaves it some minutes to do so. */
  readonly endsByItself?: boolean;
  /** In the order made; removed in reverse. Empty when somebody else made the host. */
  readonly parts: readonly Part[];
  /** The user that the first boot shall make; `USER` when absent. */
  readonly user?: string;
  /**
   * The file of a private key of the user's own, which shall open the machine instead of one made for it; the endpoint
   * names it too. It is read, and never copied.
   */
  readonly key?: string;
  /** What docker-machine made for its machines and we do not; older than all of `parts`. It is only removed, by its id. */
  readonly former?: readonly Removable[];
  /** Where the machine is reached; undefined while it has no address, or is off. */
  endpoint(made: Made): Promise<Endpoint | undefined>;
  /** Absent when power is not ours. */
  readonly power?: Power;
  /** Makes the machine's own firewall admit what the site's `ingress` says; absent where there is none of our own. */
  admit?(made: Made): Promise<void>;
  /**
   * Tells the place of those of the site's labels that may change, `slipway-expires` and `slipway-protected`: on all parts
   * that are the machine's alone. Absent where nothing bears labels.
   */
  relabel?(made: Made): Promise<void>;
  /** Throws where the place would end the machine at its old end, whatever it is told. */
  mayExtend?(made: Made): Promise<void>;
  /**
   * The host's key as the user gave it, a fingerprint "SHA256:…" or a public key line. Where somebody else made the host it
   * may be absent: then the core looks into the user's known_hosts, and asks. Where there are parts it says that what the
   * machine is made of has this key, and `user`, and lets `key` in: there is no `bootstrap`.
   */
  readonly hostKey?: string;
  /** What the machine wrote to its console, the newest last; undefined while there is none. */
  console?(made: Made): Promise<string | undefined>;
}

export interface Plan {
  /** Of each part, what it will be: "t3.small in us-east-1a, Debian 12 (ami-0123)". */
  readonly parts: readonly { readonly kind: string; readonly what: string }[];
  /** "0.0208 USD an hour, without traffic", where the place can be asked. */
  readonly price?: string;
}

/** One thing that the place would bill or keep. */
export interface Part {
  /** "disk", "instance"; once in a driver's list. */
  readonly kind: string;
  /**
   * For a part that all machines of the store with this same text share ("westeurope-network"): the core makes it once,
   * under a key that follows from the text, and destroys it with the last machine. Its `create` gives the id of the
   * one that is there already under the key.
   */
  readonly shared?: string;
  /**
   * Asks for it under this key and gives its id as soon as the place is certain to make it: what a place refuses only while it
   * works on it (no capacity) is thrown here, so that the next candidate is tried. Whether it can be used already is for
   * `endpoint` to say. Where the place is certain to have made nothing, the error has gone through `answeredAtOnce`
   * (refusal.ts): then `find` need not settle.
   */
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
