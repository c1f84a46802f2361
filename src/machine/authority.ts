import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkAuthority,
  checkPair,
  createAuthority,
  createClient,
  needsRenewal,
  type Pair,
  signedBy,
} from '../certs/index.ts';
import { codeOf, SlipwayError } from '../errors.ts';
import { makeFolder, replaceFile } from '../files.ts';
import { withLock } from '../store/lock.ts';
import type { TlsOptions } from '../store/machine.ts';
import { bootstrapCertificates } from './old-certs.ts';
import { sharedLock, type Work } from './work.ts';

/** Who signs for a machine, and the certificate that clients show to it. */
export interface Authority {
  /** The store's id of it; absent for the user's own. */
  readonly id?: string;
  readonly ca: Pair;
  readonly client: Pair;
}

/** The authority that this machine trusts, its client certificate renewed where that is due. */
export async function authorityOf(work: Work, tls: TlsOptions): Promise<Authority> {
  if (tls.files && tls.files.ca === work.store.oldCerts?.ca) await bootstrapCertificates(work);
  if (tls.files) return ownAuthority(tls.files);
  return tls.authority === undefined ? currentAuthority(work) : storedAuthority(work, tls.authority);
}

/** The store's present authority; made at first use, and before it runs out, by one process, while the others wait. */
export async function currentAuthority(work: Work): Promise<Authority> {
  const id = (await lastingId(work)) ?? (await alone(work, async () => (await lastingId(work)) ?? newAuthority(work)));
  return storedAuthority(work, id);
}

/** Whether what this authority signs runs out soon, as it does itself: its machines must move to the next. */
export function runsOut({ ca }: Authority): boolean {
  return needsRenewal(ca.cert);
}

/** Makes another authority the present one. Machines keep theirs until each is moved. */
export async function replaceAuthority(work: Work): Promise<Authority> {
  return storedAuthority(work, await alone(work, () => newAuthority(work)));
}

/** Makes one that appears as a whole, or takes the one that a process had made when it died; then names it. */
async function newAuthority(work: Work): Promise<string> {
  const folders = await readdir(work.store.authorities).catch(() => []);
  const drafts = folders.filter((name) => name.endsWith(DRAFT));
  for (const draft of drafts) await rm(join(work.store.authorities, draft), { recursive: true, force: true });
  const [unnamed] = (await currentId(work)) === undefined ? folders.filter((name) => !drafts.includes(name)) : [];
  const id = unnamed ?? (await makeAuthority(work));
  await replaceFile(work.store.currentAuthority, `${id}\n`);
  return id;
}

const DRAFT = '.draft';

async function makeAuthority(work: Work): Promise<string> {
  const id = randomBytes(4).toString('hex');
  const draft = work.store.authority(`${id}${DRAFT}`);
  const ca = await createAuthority(`Slipway authority ${id}`);
  const client = await createClient(ca, `Slipway client ${id}`);
  await makeFolder(draft.folder);
  await replaceFile(draft.authority, joined(ca));
  await replaceFile(draft.client, joined(client));
  await rename(draft.folder, work.store.authority(id).folder);
  return id;
}

async function storedAuthority(work: Work, id: string): Promise<Authority> {
  const files = work.store.authority(id);
  const ca = await readPair(files.authority);
  const client = await readPair(files.client);
  if (!needsRenewal(client.cert) || needsRenewal(ca.cert)) return { id, ca, client };
  const renewed = await alone(work, async () => {
    const present = await readPair(files.client);
    if (!needsRenewal(present.cert)) return present;
    const pair = await createClient(ca, `Slipway client ${id}`);
    await replaceFile(files.client, joined(pair));
    return pair;
  });
  return { id, ca, client: renewed };
}

/** The user's own; a client certificate is made for this call where none was given. */
async function ownAuthority(files: NonNullable<TlsOptions['files']>): Promise<Authority> {
  const ca = { cert: await readOwn(files.ca), key: await readOwn(files.caKey) };
  checkAuthority(ca);
  if (files.clientCert === undefined || files.clientKey === undefined) {
    return { ca, client: await createClient(ca, 'Slipway client') };
  }
  const client = { cert: await readOwn(files.clientCert), key: await readOwn(files.clientKey) };
  checkPair(client);
  if (!signedBy(client.cert, ca.cert)) {
    throw new SlipwayError('bad-input', `The certificate "${files.clientCert}" is not signed by "${files.ca}"`);
  }
  return { ca, client };
}

async function alone<T>(work: Work, make: () => Promise<T>): Promise<T> {
  return withLock(work.store.locks, sharedLock('authority'), make, { signal: work.signal, wait: 60_000 });
}

async function currentId(work: Work): Promise<string | undefined> {
  const text = await readFile(work.store.currentAuthority, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text?.trim();
}

/** Undefined for one that soon runs out, too. */
async function lastingId(work: Work): Promise<string | undefined> {
  const id = await currentId(work);
  if (id === undefined) return undefined;
  const { cert } = await readPair(work.store.authority(id).authority);
  return needsRenewal(cert) ? undefined : id;
}

function joined(pair: Pair): string {
  return `${pair.cert.trim()}\n${pair.key.trim()}\n`;
}

async function readPair(path: string): Promise<Pair> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const [cert, key] = text.split(/(?<=-----END CERTIFICATE-----\n)/);
  if (cert === undefined || key === undefined)
    throw unreadable(path, new Error('it holds no certificate with its key'));
  return { cert, key };
}

function unreadable(path: string, cause: unknown): SlipwayError {
  return new SlipwayError('broken', `"${path}" cannot be read`, {
    cause,
    hint: 'slipway regenerate-certs --authority --all makes a new authority and moves every machine to it.',
  });
}

async function readOwn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new SlipwayError('bad-input', `The file "${path}" cannot be read`, { cause: error });
  });
}
