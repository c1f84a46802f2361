import { X509Certificate } from 'node:crypto';
import { createAuthority, createServer, type Pair } from '../../../src/certs/index.ts';

/** The certificate of a server here, and how it can be known. */
export interface Certificate extends Pair {
  /** SHA-256, as the vSphere client shows it. */
  readonly thumbprint: string;
  /** SHA-1, as older ones do. */
  readonly older: string;
  /** The certificate of the authority that vouches for it. */
  readonly authority: string;
}

let made: Promise<Certificate> | undefined;

/** The same for all servers of this process: a key takes time. */
export function certificate(): Promise<Certificate> {
  made ??= make();
  return made;
}

async function make(): Promise<Certificate> {
  const authority = await createAuthority('vSphere');
  const pair = await createServer(authority, ['127.0.0.1']);
  const { fingerprint, fingerprint256 } = new X509Certificate(pair.cert);
  return { ...pair, thumbprint: fingerprint256, older: fingerprint, authority: authority.cert };
}
