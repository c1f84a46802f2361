/** A flag as data, so that a driver can name its own without knowing the command line's library. */
export interface FlagSpec {
  kind: 'string' | 'integer' | 'boolean';
  /** One line for the help text. */
  summary: string;
  /** Environment variable that gives the value where the flag is not. */
  env?: string;
  default?: string | number | boolean;
  /** May be given several times; the value is a list of strings. Only for strings. */
  multiple?: true;
  choices?: readonly string[];
  /** Names a file: the command line makes it absolute, as the record outlives the folder of the moment. */
  path?: true;
  /**
   * A credential: this command alone hands it, as the variable `env`, to the chain in which the provider's own library
   * looks for one. It never gets into a record.
   */
  credential?: true;
  /** Says whom to ask about all that is ours at the place. Where `several` may be named, apart by commas, a sweep asks each. */
  scope?: 'one' | 'several';
  /** An older name of a flag that `create` has whatever the driver: its values are counted with that one's. */
  common?: 'cloud-init' | 'open-port';
  /** The name that it had with the driver's older name, and that scripts may still use. */
  older?: string;
  /** The flag that `create` has whatever the driver and that means this one: what is given to it stands in its place. */
  short?: Short;
}

/** `--type` and `--zone`. */
export type Short = 'type' | 'zone';

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

/** The values of flags by their names, defaults filled in; only what was given or has a default is there. */
export type FlagValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
