import type { Duplex } from 'node:stream';
import { channel } from './channel.ts';
import { dial } from './dial.ts';
import { type Forward, type ForwardOptions, forward } from './forward.ts';
import { handshake } from './handshake.ts';
import { type Identity, readIdentity } from './identity.ts';
import { type Link, linkOf } from './link.ts';
import { parsePin } from './pinned.ts';
import { type RunOptions, type RunResult, run } from './run.ts';
import { type ShellOptions, shell } from './shell.ts';
import { type Journey, placeOf, type Stage } from './stage.ts';
import { type Talk, type TalkLimits, talk } from './talk.ts';
import { upload } from './upload.ts';

export interface Target {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identity: Identity;
  /** The only keys that the host may show: "ssh-ed25519 AAAA…", or the fingerprint of one, "SHA256:…". */
  readonly hostKeys: readonly string[];
  /** Another host, from which alone this one is reached. */
  readonly via?: Target;
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
  /** The one that the host has shown: "ssh-ed25519 AAAA…". */
  readonly hostKey: string;
  run(command: string, options?: RunOptions): Promise<RunResult>;
  /** Starts a command that is told the rest of its input later. */
  talk(command: string, beginning: string, limits: TalkLimits): Promise<Talk>;
  upload(path: string, content: string | Uint8Array, options?: { mode?: number; signal?: AbortSignal }): Promise<void>;
  shell(command?: string, options?: ShellOptions): Promise<number>;
  forward(options: ForwardOptions): Promise<Forward>;
  /** A way to a port that the host can reach. */
  channel(host: string, port: number, journey: Journey): Promise<Duplex>;
  /** Ends the connection and whatever still goes over it. */
  close(): void;
}

/**
 * Opens a connection to a host whose key is known.
 * @throws StageError that says how far it came: `unsafe` when the host shows another key, before anything about us is sent
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  const via = target.via && (await connect(target.via, options));
  try {
    return await enter(target, options, via, (journey) => dial(target.host, target.port, journey));
  } catch (error) {
    via?.close();
    throw error;
  }
}

/**
 * As `connect`, through a host that is connected already, or straight in the way that is given. The host in between is
 * left with the connection that comes of it.
 */
export async function enter(
  target: Target,
  options: ConnectOptions,
  via: Connection | undefined,
  straight: (journey: Journey) => Promise<Duplex>,
): Promise<Connection> {
  const { timeout: limit = 15_000, signal, onStage, keepalive } = options;
  const peer = { ...target, hostKeys: target.hostKeys.map(parsePin) };
  const credential = await readIdentity(target.identity, target.user);
  const journey = { limit, signal, onStage };
  const socket = await (via ? via.channel(target.host, target.port, journey) : straight(journey));
  const { client, hostKey } = await handshake(socket, peer, credential, { ...journey, keepalive });
  onStage?.('shell');
  return connectionOver(linkOf(client, socket, `${target.user}@${placeOf(target.host, target.port)}`), hostKey, via);
}

function connectionOver(link: Link, hostKey: string, via: Connection | undefined): Connection {
  return {
    hostKey,
    run: (command, options) => run(link, command, options),
    talk: (command, beginning, limits) => talk(link, command, beginning, limits),
    upload: (path, content, options) => upload(link, path, content, options),
    shell: (command, options) => shell(link, command, options),
    forward: (options) => forward(link, options),
    channel: (host, port, journey) => channel(link, host, port, journey),
    close: () => {
      link.close();
      via?.close();
    },
  };
}
