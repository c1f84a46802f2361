import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import { type Forward, type ForwardOptions, forward } from './forward.ts';
import { handshake } from './handshake.ts';
import { type Identity, readIdentity } from './identity.ts';
import { parsePublicKey } from './keys.ts';
import { type Link, linkOf } from './link.ts';
import { type RunOptions, type RunResult, run } from './run.ts';
import { type ShellOptions, shell } from './shell.ts';
import { type Journey, placeOf, type Stage } from './stage.ts';
import { upload } from './upload.ts';

export interface Target {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identity: Identity;
  /** The only keys that the host may show: "ssh-ed25519 AAAA…". */
  readonly hostKeys: readonly string[];
}

export interface ConnectOptions {
  signal?: AbortSignal | undefined;
  /** For each of reaching the host and logging in, in milliseconds; 15 seconds when absent. */
  timeout?: number;
  onStage?: ((stage: Stage) => void) | undefined;
  /** How often to ask a silent host whether it is still there, in milliseconds; three questions go unanswered. */
  keepalive?: number;
}

/** One login; any number of commands at once. */
export interface Connection {
  run(command: string, options?: RunOptions): Promise<RunResult>;
  upload(path: string, content: string | Uint8Array, options?: { mode?: number; signal?: AbortSignal }): Promise<void>;
  shell(command?: string, options?: ShellOptions): Promise<number>;
  forward(options: ForwardOptions): Promise<Forward>;
  /** Ends the connection and whatever still goes over it. */
  close(): void;
}

/**
 * Opens a connection to a host whose key is known.
 * @throws StageError that says how far it came: `unsafe` when the host shows another key, before anything about us is sent
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return enter(target, options, (journey) => dial(target.host, target.port, journey));
}

/** As `connect`, over a socket that is got in another way. */
export async function enter(
  target: Target,
  options: ConnectOptions,
  reach: (journey: Journey) => Promise<Socket>,
): Promise<Connection> {
  const { timeout: limit = 15_000, signal, onStage, keepalive } = options;
  const peer = { ...target, hostKeys: target.hostKeys.map(parsePublicKey) };
  const credential = await readIdentity(target.identity, target.user);
  const socket = await reach({ limit, signal, onStage });
  const client = await handshake(socket, peer, credential, { limit, signal, onStage, keepalive });
  onStage?.('shell');
  return connectionOver(linkOf(client, socket, `${target.user}@${placeOf(target.host, target.port)}`));
}

function connectionOver(link: Link): Connection {
  return {
    run: (command, options) => run(link, command, options),
    upload: (path, content, options) => upload(link, path, content, options),
    shell: (command, options) => shell(link, command, options),
    forward: (options) => forward(link, options),
    close: link.close,
  };
}
