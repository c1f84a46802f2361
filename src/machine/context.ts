import { readFile } from 'node:fs/promises';
import { writeContext } from '../context/index.ts';
import { makeFolder, replaceFile } from '../files.ts';
import { storeId } from '../store/identity.ts';
import type { Machine } from '../store/machine.ts';
import { type Authority, authorityOf } from './authority.ts';
import { knownEndpoint } from './host.ts';
import { writeSshConfig } from './ssh-config.ts';
import type { Work } from './work.ts';

/** Where the engine answers, as DOCKER_HOST wants it. */
export function engineUrl(machine: Machine): string {
  if (machine.sshAlias !== undefined) return `ssh://${machine.sshAlias}`;
  const { host, enginePort } = knownEndpoint(machine);
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${enginePort}`;
}

/** What this computer shows to an engine, and by whom that must be signed which it shows; PEM. */
export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Brings this computer's side up to date, by the machine's authority or as told: the client's files, the context. */
export async function writeClientSide(work: Work, machine: Machine, told?: ClientTls): Promise<void> {
  const tls = machine.sshAlias === undefined ? (told ?? clientTls(await authorityOf(work, machine.tls))) : undefined;
  if (tls) await writeClientFiles(work, machine, tls);
  else await writeSshConfig(work);
  if (work.store.oldCerts) return; // docker-machine's users go by the environment
  await writeContext({
    name: machine.context,
    description: `Slipway machine ${machine.name} (${machine.driver})`,
    host: engineUrl(machine),
    ...(tls ? { tls } : {}),
    owner: await storeId(work.store),
    env: work.env,
  });
}

/** What this computer has for the machine now; undefined where part of it is missing. */
export async function readClientSide(work: Work, machine: Machine): Promise<ClientTls | undefined> {
  const files = work.store.machine(machine.name);
  const paths = [files.ca, files.clientCert, files.clientKey];
  const [ca, cert, key] = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => undefined)));
  return ca && cert && key ? { ca, cert, key } : undefined;
}

function clientTls({ ca, client }: Authority): ClientTls {
  return { ca: ca.cert, cert: client.cert, key: client.key };
}

async function writeClientFiles(work: Work, machine: Machine, tls: ClientTls): Promise<void> {
  const files = work.store.machine(machine.name);
  await makeFolder(files.certs);
  await replaceWhereDifferent(files.ca, tls.ca);
  await replaceWhereDifferent(files.clientCert, tls.cert);
  await replaceWhereDifferent(files.clientKey, tls.key);
}

async function replaceWhereDifferent(path: string, text: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present !== text) await replaceFile(path, text);
}
