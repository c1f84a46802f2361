/** What `ssh` is given: its own flags, the machine, and what is for the machine alone. */
export interface SshWords {
  readonly own: readonly string[];
  readonly name: string | undefined;
  readonly command: readonly string[];
}

/** Takes the words after "ssh" apart. The name is the first word that is neither a flag of ours nor the value of one. */
export function sshWords(argv: readonly string[]): SshWords {
  const found = firstName(argv);
  const at = found < 0 ? argv.length : found;
  const [name, ...rest] = argv.slice(at);
  return { own: argv.slice(0, at), name, command: rest[0] === '--' ? rest.slice(1) : rest };
}

/** The words with the command first: flags that every command has may stand before it, as docker-machine's did. */
export function commandFirst(argv: readonly string[]): string[] {
  const at = firstName(argv);
  const [command, ...rest] = argv.slice(Math.max(at, 0));
  return at < 1 || command === undefined ? [...argv] : [command, ...argv.slice(0, at), ...rest];
}

/** The words of a command line, with a mark before those that are for a machine: a --help there is not for us. */
export function shielded(argv: readonly string[]): string[] {
  if (argv[0] !== 'ssh') return [...argv];
  const { own, name, command } = sshWords(argv.slice(1));
  if (name === undefined || command.length === 0) return [...argv];
  return ['ssh', ...own, name, '--', ...command];
}

/** Without what stands behind two hyphens: it is for another program. */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** Where the first word is that is neither a flag nor the value of one; -1 where there is none. */
function firstName(argv: readonly string[]): number {
  const takesValue = (word: string | undefined) => word === '-s' || word === '--storage-path';
  return argv.findIndex((word, index) => !word.startsWith('-') && !takesValue(argv[index - 1]));
}
