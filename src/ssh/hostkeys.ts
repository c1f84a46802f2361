import { createHmac } from 'node:crypto';
import { codeOf } from '../errors.ts';
import { fingerprint, formatPublicKey, type PublicKey, parsePublicKey } from './keys.ts';

/** The text of a known_hosts file that pins these keys ("ssh-ed25519 AAAA…") to one host. */
export function knownHosts(host: string, port: number, keys: readonly string[]): string {
  return keys.map((key) => `${nameOf(host, port)} ${bare(parsePublicKey(key))}\n`).join('');
}

/** The keys ("ssh-ed25519 AAAA…") that a known_hosts file, a person's own too, trusts for this host; revoked ones left out. */
export function knownHostKeys(text: string, host: string, port: number): string[] {
  const entries = entriesFor(text, host, port);
  const revoked = new Set(entries.filter((entry) => entry.marker === '@revoked').map((entry) => entry.key));
  const trusted = entries.filter((entry) => entry.marker === '' && !revoked.has(entry.key));
  return [...new Set(trusted.map((entry) => entry.key))];
}

/** Whether a known_hosts file says that the key with this fingerprint must never be accepted from this host. */
export function isRevoked(text: string, host: string, port: number, print: string): boolean {
  const revoked = entriesFor(text, host, port).filter(({ marker }) => marker === '@revoked');
  return revoked.some(({ key }) => fingerprint(key) === print);
}

/** A host as known_hosts names it: bare at port 22, "[host]:port" elsewhere (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
function nameOf(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

interface Entry {
  marker: string;
  names: string;
  key: string;
}

function entriesFor(text: string, host: string, port: number): Entry[] {
  const name = nameOf(host, port);
  const entries = text.split('\n').map(parseEntry);
  return entries.filter((entry) => entry !== undefined).filter((entry) => matches(entry.names, name));
}

/** Undefined for a comment, an empty line, and a line that cannot be read: one bad line must not hide the others. */
function parseEntry(line: string): Entry | undefined {
  const [, marker = '', names, key] = /^\s*(?:(@\S+)\s+)?([^\s#@]\S*)\s+(\S+\s+\S+)/.exec(line) ?? [];
  if (names === undefined || key === undefined) return undefined;
  try {
    return { marker, names, key: bare(parsePublicKey(key)) };
  } catch (error) {
    if (codeOf(error) === 'bad-input') return undefined;
    throw error;
  }
}

function bare(key: PublicKey): string {
  return formatPublicKey({ ...key, comment: '' });
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return matchesHash(names, name);
  const patterns = names.toLowerCase().split(',');
  const denied = patterns.some((pattern) => pattern.startsWith('!') && glob(pattern.slice(1)).test(name));
  return !denied && patterns.some((pattern) => glob(pattern).test(name));
}

/** "|1|SALT|HASH": an HMAC-SHA1 of the name, both in base64, as `ssh-keygen -H` writes it. */
function matchesHash(names: string, name: string): boolean {
  const [, , salt = '', hash] = names.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[^\w*?]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
