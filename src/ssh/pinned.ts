import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fingerprint, type PublicKey, parsePublicKey, publicKeyOf } from './keys.ts';
import { placeOf, StageError } from './stage.ts';

/** A key that a host may show, or as much as its owner has told of it. */
export type Pin = PublicKey | { readonly print: string };

/** @throws SlipwayError `bad-input` for what is neither a public key nor a fingerprint */
export function parsePin(text: string): Pin {
  return text.startsWith('SHA256:') ? { print: text } : parsePublicKey(text);
}

/** The types of the pinned keys first, so that a host with several shows one that we know. */
export function preferred(pinned: readonly Pin[]): ServerHostKeyAlgorithm[] {
  const types = pinned.flatMap((pin) => ('type' in pin ? [pin.type] : []));
  return [...new Set([...algorithmsOf(types), ...Object.values(ALGORITHMS).flat()])];
}

/** The algorithms by which keys of these types sign. */
export function algorithmsOf(types: readonly string[]): ServerHostKeyAlgorithm[] {
  return types.flatMap((type) => ALGORITHMS[type] ?? []);
}

export function isPinned(blob: Buffer, pinned: readonly Pin[]): boolean {
  return pinned.some((pin) => ('blob' in pin ? pin.blob.equals(blob) : pin.print === fingerprint(blob)));
}

export function changedKey(host: string, port: number, pinned: readonly Pin[], blob: Buffer): StageError {
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

function described(pin: Pin): string {
  return 'blob' in pin ? `${pin.type} ${fingerprint(pin.blob)}` : pin.print;
}
