import { readFile } from 'node:fs/promises';
import { writeContext } from '../context/index.ts';
import { makeFolder, replaceFile } from '../files.ts';
import { storeId } from '../store/identity.ts';
import type { Machine } from '../store/machine.ts';
import { type Authority, authorityOf } from './authority.ts';
import { knownEndpoint } from './host.ts';
import type { Work } from './work.ts';

/** Where the engine answers, as DOCKER_HOST wants it. */
export function engineUrl(machine: Machine): string {
  const { host, enginePort } = knownEndpoint(machine);
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${enginePort}`;
}

/** Brings this computer's side up to date: the client's certificate files, and the docker context. */
export async function writeClientSide(work: Work, machine: Machine, trusted?: string): Promise<void> {
  const authority = await authorityOf(work, machine.tls);
  const ca = trusted ?? authority.ca.cert;
  await writeClientFiles(work, machine, authority, ca);
  await writeContext({
    name: machine.context,
    description: `Slipway machine ${machine.name} (${machine.driver})`,
    host: engineUrl(machine),
    tls: { ca, cert: authority.client.cert, key: authority.client.key },
    owner: await storeId(work.store),
    env: work.env,
  });
}

async function writeClientFiles(work: Work, machine: Machine, authority: Authority, ca: string): Promise<void> {
  const files = work.store.machine(machine.name);
  await makeFolder(files.certs);
  await replaceWhereDifferent(files.ca, ca);
  await replaceWhereDifferent(files.clientCert, authority.client.cert);
  await replaceWhereDifferent(files.clientKey, authority.client.key);
}

async function replaceWhereDifferent(path: string, text: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present !== text) await replaceFile(path, text);
}
