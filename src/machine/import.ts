import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkAuthority, checkPair, type Pair } from '../certs/index.ts';
import { contextName } from '../context/index.ts';
import { driverModule } from '../drivers/index.ts';
import { codeOf, SlipwayError } from '../errors.ts';
import { makeFolder, replaceFile } from '../files.ts';
import type { Layout } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import {
  addMachine,
  eraseMachine,
  exists,
  hasFolder,
  type Machine,
  readMachine,
  type TlsOptions,
} from '../store/machine.ts';
import { currentAuthority } from './authority.ts';
import { writeClientSide } from './context.ts';
import { driverOf } from './driving.ts';
import { refuseForeignContext } from './foreign.ts';
import { sharedLock, type Work, withMachine } from './work.ts';

/**
 * Takes a machine of docker-machine's store over into ours: its record, keys, certificates and authority. Nothing changes
 * on the machine itself. What docker-machine had of it is put aside in its store, so that one of the two has it; gives
 * where.
 */
export async function importMachine(work: Work, from: Layout, name: string): Promise<string> {
  return withMachine(work, name, () =>
    withLock(from.locks, name, async () => {
      const machine = await readMachine(from, name);
      await refuseUnfit(work, from, machine);
      const record = await ours(work, from, machine);
      await copyFiles(work, from, name);
      await addMachine(work.store, record);
      if (record.endpoint) await writeClientSide(work, record);
      return putAside(from, name);
    }),
  );
}

/** Back from there it is docker-machine's again. */
async function putAside(from: Layout, name: string): Promise<string> {
  const aside = join(from.root, '.slipway', 'imported', `${name}-${Date.now()}`);
  await makeFolder(dirname(aside));
  await rename(from.machine(name).folder, aside);
  return aside;
}

/** @throws SlipwayError that says why it cannot be taken over */
async function refuseUnfit(work: Work, from: Layout, machine: Machine): Promise<void> {
  const { name } = machine;
  await driverModule(machine.driver, work.drivers);
  await driverOf(work, machine);
  if (machine.phase !== 'ready') throw unfit(name, 'it was never finished, or is being removed');
  if (existsSync(from.machine(name).driver)) throw unfit(name, 'its disk is in that store');
  if (!machine.adopted && machine.notes.length === 0) throw unfit(name, 'its record does not say what it is made of');
  await refuseForeignContext(work, { ...machine, context: contextName(name) });
  if (!(await hasFolder(work.store, name))) return;
  const present = await readMachine(work.store, name).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
  if (present) throw exists(name);
  await eraseMachine(work.store, name); // an import that died before its record
}

function unfit(name: string, why: string): SlipwayError {
  return new SlipwayError('unsupported', `"${name}" cannot be taken over: ${why}`);
}

/** The record as it stands in our store: every path leads there, and no credentials come with it. */
async function ours(work: Work, from: Layout, machine: Machine): Promise<Machine> {
  const { credentials, ...rest } = machine;
  if (credentials) tellOfCredentials(work, machine);
  const [old, own] = [from.machine(machine.name), work.store.machine(machine.name)];
  const moved = JSON.parse(
    JSON.stringify(rest, (_, value) => (typeof value === 'string' && value === old.identity ? own.identity : value)),
  ) as Machine;
  return { ...moved, context: contextName(machine.name), tls: await tlsHere(work, from, machine) };
}

function tellOfCredentials(work: Work, { name, driver }: Machine): void {
  const detail = `the credentials for "${driver}" in its record are not taken over: from now on the environment must have some`;
  work.report({ machine: name, stage: 'import', state: 'note', detail });
}

/** The authority of docker-machine's store becomes one of ours; certificates that the user keeps elsewhere stay there. */
async function tlsHere(work: Work, from: Layout, { name, tls }: Machine): Promise<TlsOptions> {
  const { files, ...rest } = tls;
  if (!files || files.ca !== from.oldCerts?.ca) return tls;
  const ca = await readPair(name, files.ca, files.caKey);
  const client = await readPair(name, files.clientCert ?? '', files.clientKey ?? '');
  checkAuthority(ca);
  checkPair(client);
  await currentAuthority(work); // new machines get one of ours
  const id = createHash('sha256').update(ca.cert).digest('hex').slice(0, 8);
  const layout = work.store.authority(id);
  await withLock(work.store.locks, sharedLock('authority'), async () => {
    await makeFolder(layout.folder);
    await replaceFile(layout.client, joined(client));
    await replaceFile(layout.authority, joined(ca));
  });
  return { ...rest, authority: id };
}

async function readPair(name: string, certPath: string, keyPath: string): Promise<Pair> {
  const [cert, key] = await Promise.all([certPath, keyPath].map((path) => readFile(path, 'utf8'))).catch(
    (cause: unknown) => {
      throw new SlipwayError('unsupported', `"${name}" cannot be taken over: its certificates are not all there`, {
        cause,
        hint: `docker-machine regenerate-certs --client-certs ${name} makes them again.`,
      });
    },
  );
  return { cert: cert ?? '', key: key ?? '' };
}

function joined({ cert, key }: Pair): string {
  return `${cert.trim()}\n${key.trim()}\n`;
}

/** The key to log in with, the pinned host keys, and the machine's certificate; each where there is one. */
async function copyFiles(work: Work, from: Layout, name: string): Promise<void> {
  const [old, own] = [from.machine(name), work.store.machine(name)];
  await makeFolder(own.folder);
  for (const file of ['identity', 'publicKey', 'knownHosts', 'serverCert'] as const) {
    if (existsSync(old[file])) await copyFile(old[file], own[file]);
  }
}
