export { type Connection, type ConnectOptions, connect, type Target } from './connect.ts';
export { fetchHostKeys } from './fetch.ts';
export type { Forward, ForwardOptions } from './forward.ts';
export { isRevoked, knownHostKeys, knownHosts } from './hostkeys.ts';
export type { Identity } from './identity.ts';
export { fingerprint, formatPublicKey, generateKey, type KeyPair, type PublicKey, parsePublicKey } from './keys.ts';
export {
  type Command,
  type Place,
  type SshHost,
  scpCommand,
  sshCommand,
  sshCommandWith,
  sshConfig,
} from './openssh.ts';
export { type OwnIdentity, ownIdentity, privateFile, publicKeyOfFile } from './own.ts';
export { quote, quoteAll } from './quote.ts';
export type { RunOptions, RunResult } from './run.ts';
export type { ShellOptions } from './shell.ts';
export { type Stage, StageError } from './stage.ts';
export type { Talk } from './talk.ts';
export { type Opening, type WaitOptions, waitForSsh } from './wait.ts';
