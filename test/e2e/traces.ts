import { readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '../../src/store/machine.ts';
import type { Owner } from './owner.ts';

/** All that there is of a machine on this computer, outside of what all machines share. Empty when nothing is left. */
export async function tracesOf(owner: Owner, machine: Machine): Promise<string[]> {
  const { name, endpoint } = machine;
  const keys = machine.notes.map(({ key }) => key);
  const contexts = await owner.does('docker', 'context', 'ls', '--format', '{{.Name}}');
  const ports = endpoint ? [endpoint.sshPort, endpoint.enginePort] : [];
  const open = await Promise.all(ports.map(async (port) => ((await isOpen(port)) ? [`port ${port}`] : [])));
  return [
    ...(await commandLines()).filter((line) => keys.some((key) => line.includes(key))),
    ...(await filesBelow(owner.store.root)).filter((path) => path.includes(name) || path.includes('/locks/')),
    ...contexts.split('\n').filter((context) => context === name),
    ...(await filesBelow(join(owner.env.DOCKER_CONFIG ?? '', 'contexts'))),
    ...open.flat(),
  ];
}

/** The command lines of all processes of this computer. */
export async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.map((line) => line.replaceAll('\0', ' ').trim()).filter((line) => line !== '');
}

/** Collects every command line that is seen on this computer during the work. */
export async function commandLinesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  const working = work();
  const ended = working.then(
    () => true,
    () => true,
  );
  do {
    for (const line of await commandLines()) seen.add(line);
  } while (!(await Promise.race([ended, delay(50)])));
  await working;
  return [...seen];
}

/** The paths of all files below a folder; links are not followed. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Each file and folder of the store that others could look into, with its mode. */
export async function openToOthers(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = entries.filter((entry) => !entry.isSymbolicLink() && !entry.isSocket());
  const paths = [folder, ...own.map((entry) => join(entry.parentPath, entry.name))];
  const modes = await Promise.all(paths.map(async (path) => [path, (await stat(path)).mode & 0o777] as const));
  return modes.filter(([, mode]) => (mode & 0o077) !== 0).map(([path, mode]) => `${mode.toString(8)} ${path}`);
}

/** What is in these files, those left out that are not text. */
export async function textsOf(paths: readonly string[]): Promise<string[]> {
  return Promise.all(paths.filter(isText).map((path) => readFile(path, 'utf8')));
}

/** The lines in which the private keys below a folder are written; each of them is as secret as the key. */
export async function secretLines(folder: string): Promise<string[]> {
  const texts = await textsOf(await filesBelow(folder));
  const keys = texts.flatMap((text) => text.replaceAll('\\n', '\n').match(PRIVATE_KEY) ?? []);
  return keys.flatMap((key) => key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line)));
}

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+/g;

function isText(path: string): boolean {
  return !/\/(disk\.qcow2|qmp)$/.test(path);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
