import { SlipwayError } from '../errors.ts';
import { connect, type Target } from './connect.ts';
import { dial } from './dial.ts';
import { offeredKey } from './handshake.ts';
import { placeOf } from './stage.ts';

/** Best first; a server shows one key a connection. */
const KINDS = [['ssh-ed25519'], ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'], ['ssh-rsa']];

/**
 * The public keys ("ssh-ed25519 AAAA…") that a host shows, best first, at least one. Nobody has vouched for them yet, and
 * nothing about us is sent to it.
 * @param via another host, from which alone this one is reached; it is logged in to
 * @throws StageError as `connect`
 */
export async function fetchHostKeys(
  host: string,
  port: number,
  {
    timeout: limit = 15_000,
    signal,
    via,
  }: { timeout?: number; signal?: AbortSignal | undefined; via?: Target | undefined } = {},
): Promise<string[]> {
  const between = via && (await connect(via, { timeout: limit, signal }));
  const reach = () => (between ? between.channel : dial)(host, port, { limit, signal });
  const keys: string[] = [];
  try {
    for (const types of KINDS) {
      const key = await offeredKey(await reach(), host, port, types, { limit, signal });
      if (key !== undefined) keys.push(key);
    }
  } finally {
    between?.close();
  }
  if (keys.length > 0) return keys;
  throw new SlipwayError('unsupported', `"${placeOf(host, port)}" shows no host key of a kind that can be checked`, {
    hint: 'Give its SSH server an ed25519 host key: ssh-keygen -A',
  });
}
