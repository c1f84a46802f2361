import type { Duplex } from 'node:stream';
import type { AuthenticationType, Client, HostVerifier, NextAuthHandler } from 'ssh2';
import { SlipwayError } from '../errors.ts';
import type { Credential } from './identity.ts';
import { formatPublicKey, publicKeyOf } from './keys.ts';
import { loadSsh2 } from './library.ts';
import { algorithmsOf, changedKey, isPinned, type Pin, preferred } from './pinned.ts';
import { type Journey, placeOf, type Stage, StageError } from './stage.ts';

export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The only keys that the host may show. */
  readonly hostKeys: readonly Pin[];
}

/** After how many milliseconds of silence to ask whether the peer is still there; after three without answer it is not. */
const KEEPALIVE = 15_000;

/**
 * Checks the host's key, then logs in; gives the key ("ssh-ed25519 AAAA…"). Nothing about who we are is sent to a host that shows another key.
 * @throws StageError of `host key` (code `unsafe` when the key is not a pinned one) or `authentication`
 */
export async function handshake(
  socket: Duplex,
  peer: Peer,
  credential: Credential,
  journey: Journey & { keepalive?: number | undefined },
): Promise<{ client: Client; hostKey: string }> {
  const { Client } = await loadSsh2();
  const client = new Client();
  const state: State = { stage: 'host key', accepted: [], partly: false };
  let hostKey = '';
  journey.onStage?.('host key');
  const ended = settled(client, socket, journey);
  client.connect({
    sock: socket,
    username: peer.user,
    algorithms: { serverHostKey: preferred(peer.hostKeys) },
    readyTimeout: 0,
    keepaliveInterval: journey.keepalive ?? KEEPALIVE,
    hostVerifier: (blob: Buffer) => {
      if (!isPinned(blob, peer.hostKeys)) {
        state.refusal = changedKey(peer.host, peer.port, peer.hostKeys, blob);
        return false;
      }
      hostKey = formatPublicKey(publicKeyOf(blob));
      state.stage = 'authentication';
      journey.onStage?.('authentication');
      return true;
    },
    authHandler: offerOnce(credential, state),
  });
  const end = await ended;
  if (end.how === 'ready') return { client, hostKey };
  throw state.refusal ?? explain(end, peer, credential, state);
}

/**
 * The key of these types that a host shows ("ssh-ed25519 AAAA…"), for a person to compare; nobody logs in. Undefined
 * when it has none of them.
 * @throws StageError of `host key`
 */
export async function offeredKey(
  socket: Duplex,
  host: string,
  port: number,
  types: readonly string[],
  journey: Journey,
) {
  const { Client } = await loadSsh2();
  const client = new Client();
  let line: string | undefined;
  const ended = settled(client, socket, journey);
  const hostVerifier: HostVerifier = (blob: Buffer) => {
    line = formatPublicKey(publicKeyOf(blob));
    return false;
  };
  const algorithms = { serverHostKey: algorithmsOf(types) };
  client.connect({ sock: socket, username: 'nobody', readyTimeout: 0, algorithms, hostVerifier });
  const end = await ended;
  if (line !== undefined) return line;
  if (end.error?.level === 'handshake') return undefined;
  throw explain(end, { host, port }, undefined, { stage: 'host key', accepted: [], partly: false });
}

interface State {
  stage: Stage;
  /** What the server still asks for, as it says after a refusal. */
  accepted: readonly string[];
  /** Our key was right but is not enough. */
  partly: boolean;
  refusal?: StageError;
}

interface End {
  how: 'ready' | 'error' | 'silence' | 'abort';
  error?: Error & { level?: string };
}

/** How it ends, whatever comes first; a client that is not ready is then gone. */
async function settled(client: Client, socket: Duplex, { limit, signal }: Journey): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const abort = () => resolve({ how: 'abort' });
  const timer = setTimeout(resolve, limit, { how: 'silence' });
  client.on('error', (error) => resolve({ how: 'error', error })); // stays: an error nobody hears ends the process
  const close = () => resolve({ how: 'error', error: new Error('the host closed the connection') });
  socket.once('close', close);
  if (socket.destroyed) close();
  client.once('ready', () => resolve({ how: 'ready' }));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const end = await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  if (end.how !== 'ready') socket.destroy();
  return end;
}

/** Offers the one credential, once, and keeps what the server says to it. */
function offerOnce({ method }: Credential, state: State) {
  let offered = false;
  return (left: AuthenticationType[] | null, partly: boolean | null, next: NextAuthHandler) => {
    state.accepted = left ?? [];
    state.partly = partly === true;
    next((offered ? false : method) as typeof method);
    offered = true;
  };
}

function explain(
  end: End,
  peer: { host: string; port: number; user?: string },
  credential: Credential | undefined,
  state: State,
) {
  const place = placeOf(peer.host, peer.port);
  if (end.how === 'abort') return new SlipwayError('interrupted', `Interrupted while connecting to "${place}"`);
  const doing = state.stage === 'host key' ? 'agree on a secure channel' : `log "${peer.user}" in`;
  if (end.how === 'silence') return new StageError(state.stage, 'timeout', `"${place}" took too long to ${doing}`);
  const cause = end.error;
  if (cause?.level === 'client-authentication') return refused(place, String(peer.user), credential?.keys ?? [], state);
  const code = cause?.level === 'handshake' ? 'unsupported' : 'failed';
  return new StageError(state.stage, code, `"${place}" did not ${doing}`, { cause });
}

function refused(place: string, user: string, keys: readonly string[], { accepted, partly }: State): StageError {
  const tried = `publickey with ${keys.join(', ')}`;
  if (partly) {
    return new StageError(
      'authentication',
      'unsupported',
      `"${place}" wants more than a key of "${user}": ${accepted.join(', ')}`,
      {
        hint: `Let a key alone be enough for "${user}" on the host.`,
      },
    );
  }
  return new StageError(
    'authentication',
    'refused',
    `"${place}" does not let "${user}" in: tried ${tried}; it accepts ${accepted.join(', ') || 'nothing else'}`,
    {
      hint: `Check the user's name, and that the public key stands in ~/.ssh/authorized_keys of "${user}" on the host.`,
    },
  );
}
