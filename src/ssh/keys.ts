import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { SlipwayError } from '../errors.ts';

export interface KeyPair {
  /** In OpenSSH's own format, without a passphrase. */
  privateKey: string;
  /** A line for authorized_keys or, without its comment, for known_hosts. No line end. */
  publicKey: string;
}

export interface PublicKey {
  /** "ssh-ed25519" */
  type: string;
  /** The wire format of RFC 4253, section 6.6. */
  blob: Buffer;
  comment: string;
}

/** A new ed25519 key pair. */
export async function generateKey(comment: string): Promise<KeyPair> {
  if (/[\0\r\n]/.test(comment))
    throw new SlipwayError('bad-input', `"${comment}" is no comment for a key: one line only`);
  const pair = await promisify(generateKeyPair)('ed25519');
  const { x, d } = pair.privateKey.export({ format: 'jwk' });
  const point = Buffer.from(String(x), 'base64url');
  const seed = Buffer.from(String(d), 'base64url');
  const blob = Buffer.concat([field('ssh-ed25519'), field(point)]);
  return {
    privateKey: armour(privateBlob(blob, seed, point, comment)),
    publicKey: formatPublicKey({ type: 'ssh-ed25519', blob, comment }),
  };
}

/**
 * Reads "TYPE BASE64 [COMMENT]".
 * @throws SlipwayError `bad-input` when the line is none, or its two halves name different types
 */
export function parsePublicKey(line: string): PublicKey {
  const [, type, base64, comment = ''] =
    /^\s*([\w@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*?))?\s*$/.exec(line) ?? [];
  const blob = Buffer.from(base64 ?? '', 'base64');
  if (type === undefined || typeOf(blob) !== type) {
    throw new SlipwayError('bad-input', `"${line.trim().slice(0, 80)}" is not an SSH public key`, {
      hint: 'A public key is one line such as "ssh-ed25519 AAAA… name".',
    });
  }
  return { type, blob, comment };
}

export function formatPublicKey(key: PublicKey): string {
  return `${key.type} ${key.blob.toString('base64')} ${key.comment}`.trimEnd();
}

/** The public key of which this is the wire format, as a host sends it. */
export function publicKeyOf(blob: Buffer): PublicKey {
  return { type: typeOf(blob), blob, comment: '' };
}

/** "SHA256:…", as `ssh-keygen -lf` prints it. */
export function fingerprint(key: string | Uint8Array): string {
  const blob = typeof key === 'string' ? parsePublicKey(key).blob : key;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function typeOf(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE();
  return blob.subarray(4, 4 + length).toString('latin1');
}

/** OpenSSH's PROTOCOL.key: the public half outside, check words and both halves inside, padded 1, 2, 3 … to 8. */
function privateBlob(blob: Buffer, seed: Buffer, point: Buffer, comment: string): Buffer {
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, blob, field(Buffer.concat([seed, point])), field(comment)]);
  const padding = Uint8Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1);
  const noCipher = [field('none'), field('none'), field('')];
  const one = Buffer.from([0, 0, 0, 1]);
  return Buffer.concat(
    ['openssh-key-v1\0', ...noCipher, one, field(blob), field(Buffer.concat([secret, padding]))].map(bytes),
  );
}

function armour(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** A string of RFC 4251, section 5: its length, then its bytes. */
function field(content: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(content));
  return Buffer.concat([length, bytes(content)]);
}

function bytes(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
