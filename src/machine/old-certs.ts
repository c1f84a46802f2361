import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createAuthority, createClient, describe, needsRenewal, type Pair, signedBy } from '../certs/index.ts';
import { codeOf } from '../errors.ts';
import { makeFolder, replaceFile } from '../files.ts';
import type { OldCerts } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import { sharedLock, type Work } from './work.ts';

/**
 * Makes what docker-machine's store lacks of its authority and its client certificate, or what has run out, by one process
 * while the others wait; gives the paths of the certificates that were made. Does nothing in a store of ours.
 */
export async function bootstrapCertificates(work: Work): Promise<readonly string[]> {
  const certs = work.store.oldCerts;
  if (!certs || (await isGood(certs))) return [];
  const alone = { signal: work.signal, wait: 60_000 };
  return withLock(work.store.locks, sharedLock('authority'), () => makeMissing(certs), alone);
}

async function makeMissing(certs: OldCerts): Promise<readonly string[]> {
  await makeFolder(dirname(certs.ca));
  const made: string[] = [];
  let ca = await lasting(certs.ca, certs.caKey);
  if (ca === undefined) {
    ca = await createAuthority('docker-machine authority');
    await write(ca, certs.ca, certs.caKey);
    made.push(certs.ca);
  }
  if (!(await isGood(certs))) {
    await write(await createClient(ca, 'docker-machine client'), certs.clientCert, certs.clientKey);
    made.push(certs.clientCert);
  }
  return made;
}

/** The certificate goes last: while it is missing, both are made again. */
async function write({ cert, key }: Pair, certPath: string, keyPath: string): Promise<void> {
  await replaceFile(keyPath, key);
  await replaceFile(certPath, cert);
}

async function isGood(certs: OldCerts): Promise<boolean> {
  const ca = await lasting(certs.ca, certs.caKey);
  const client = await lasting(certs.clientCert, certs.clientKey);
  if (ca === undefined || client === undefined || !signedBy(client.cert, ca.cert)) return false;
  return !needsRenewal(client.cert) || needsRenewal(ca.cert);
}

/** A pair that is there, and has not run out. */
async function lasting(certPath: string, keyPath: string): Promise<Pair | undefined> {
  const [cert, key] = await Promise.all([readIfThere(certPath), readIfThere(keyPath)]);
  return cert && key && describe(cert).notAfter > new Date() ? { cert, key } : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
}
