import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { SlipwayError } from '../errors.ts';
import { fingerprint, formatPublicKey, publicKeyOf } from './keys.ts';
import { loadSsh2 } from './library.ts';

/** How to prove who we are: a private key's text, or the socket of an SSH agent that holds one. */
export type Identity = { readonly privateKey: string } | { readonly agent: string };

/** An identity that was looked at: what to offer the server, and the fingerprints to name if it says no. */
export interface Credential {
  method: AnyAuthMethod;
  keys: string[];
}

/** @throws SlipwayError `bad-input` when the key cannot be read, or the agent does not answer or holds no key */
export async function readIdentity(identity: Identity, username: string): Promise<Credential> {
  if ('agent' in identity) {
    const keys = await agentKeys(identity.agent);
    return { method: { type: 'agent', username, agent: identity.agent }, keys: keys.map(fingerprintOf) };
  }
  const key = await readPrivateKey(identity.privateKey);
  return { method: { type: 'publickey', username, key }, keys: [fingerprintOf(key)] };
}

/** The line for authorized_keys of a private key's text. @throws SlipwayError `bad-input` */
export async function publicHalf(privateKey: string): Promise<string> {
  const key = await readPrivateKey(privateKey);
  return formatPublicKey({ ...publicKeyOf(key.getPublicSSH()), comment: key.comment });
}

async function readPrivateKey(text: string): Promise<ParsedKey> {
  const { utils } = await loadSsh2();
  const key = utils.parseKey(text);
  if (!(key instanceof Error) && key.isPrivateKey()) return key;
  const cause = key instanceof Error ? key : new Error('it is a public key');
  throw new SlipwayError('bad-input', 'The SSH private key cannot be used', {
    cause,
    hint: /passphrase/.test(cause.message)
      ? 'Load it into an agent with "ssh-add", and use the agent.'
      : 'Give the file of an OpenSSH or PEM private key.',
  });
}

async function agentKeys(socket: string): Promise<ParsedKey[]> {
  const { createAgent } = await loadSsh2();
  const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
    createAgent(socket).getIdentities((error, found) => {
      if (error) reject(agentError(`The SSH agent at "${socket}" does not answer`, error));
      else resolve((found ?? []) as ParsedKey[]);
    });
  });
  if (keys.length === 0) throw agentError(`The SSH agent at "${socket}" holds no key`);
  return keys;
}

function agentError(sentence: string, cause?: Error): SlipwayError {
  const hint = 'Load a key with "ssh-add", and check SSH_AUTH_SOCK.';
  return new SlipwayError('bad-input', sentence, cause ? { hint, cause } : { hint });
}

function fingerprintOf(key: ParsedKey): string {
  return fingerprint(key.getPublicSSH());
}
