import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fingerprint, type PublicKey, publicKeyOf } from './keys.ts';
import { placeOf, StageError } from './stage.ts';

/** The types of the pinned keys first, so that a host with several shows one that we know. */
export function preferred(pinned: readonly PublicKey[]): ServerHostKeyAlgorithm[] {
  return [...new Set([...algorithmsOf(pinned.map((key) => key.type)), ...Object.values(ALGORITHMS).flat()])];
}

/** The algorithms by which keys of these types sign. */
export function algorithmsOf(types: readonly string[]): ServerHostKeyAlgorithm[] {
  return types.flatMap((type) => ALGORITHMS[type] ?? []);
}

export function isPinned(blob: Buffer, pinned: readonly PublicKey[]): boolean {
  return pinned.some((key) => key.blob.equals(blob));
}

export function changedKey(host: string, port: number, pinned: readonly PublicKey[], blob: Buffer): StageError {
  const known = pinned.map(described).join(' or ') || 'none';
  const sentence = `The host key of "${placeOf(host, port)}" is ${described(publicKeyOf(blob))}, but the known one is ${known}`;
  return new StageError('host key', 'unsafe', sentence, {
    hint: 'Somebody may be in between. Nothing was sent; only if you know why the key changed, trust the new one.',
  });
}

/** RSA without SHA-1 (RFC 8332). */
const ALGORITHMS: Record<string, ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

function described({ type, blob }: PublicKey): string {
  return `${type} ${fingerprint(blob)}`;
}
