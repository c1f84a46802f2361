import type { Step } from '../step.ts';

/** A package manager, as shell texts. None of them asks questions, and all wait for their lock. */
export interface Manager {
  /** Brings its lists of packages up to date. */
  refresh: string;
  /** Installs packages; the words are shell text. */
  install(words: string): string;
  /** Finishes an installation of ours that was cut off; absent where the next one does that. */
  repair?: string;
  /** How it names a package at a version; both are shell text. */
  at(name: string, version: string): string;
  /** Prints the versions of a package that can be had, in any order. */
  versions(name: string): string;
  /** Prints the one that it would take by itself, where that need not be the newest. */
  preferred?(name: string): string;
  /** Prints the version of an installed package; fails or prints nothing when it is not. */
  installed(name: string): string;
  /** A version given once binds every later upgrade, so that it is given only where it was wished. */
  pins?: true;
  /** Upgrading one package means upgrading all, so that it is left to the host's owner. */
  upgradesAll?: true;
  /** Adds Docker's own repository. Absent where Docker has none for it. */
  addRepository?(repository: Repository): Step;
}

/** A repository of Docker's packages. */
export interface Repository {
  /** Where Docker's repositories are, without a slash at the end. */
  base: string;
  /** Docker's name of the distribution: "debian", "centos". */
  distribution: string;
  /** Docker's name of the release: "bookworm", "9". */
  release: string;
}
