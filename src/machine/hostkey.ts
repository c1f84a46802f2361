import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import { replaceFile } from '../files.ts';
import { fetchHostKeys, fingerprint, isRevoked, knownHostKeys, knownHosts, type Target } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** A host that somebody else made. */
export interface Stranger {
  readonly host: string;
  readonly port: number;
  /** Its key as the user gave it, a fingerprint or a public key line. */
  readonly given?: string | undefined;
  /** The host from which alone it is reached. */
  readonly via?: Target | undefined;
  /** What to type so that this fingerprint counts. */
  accept(fingerprint: string): string;
}

/**
 * The keys by which a host that somebody else made will be known: what the user said, else what the user's known_hosts
 * says, else what the host shows, if the person at the terminal agrees. Nobody is trusted at first sight. A fingerprint
 * that the user said is enough to be shown the key, so nothing is asked about it beforehand.
 * @throws SlipwayError `unsafe`, with the fingerprint and what accepts it
 */
export async function hostKeysOf(work: Work, stranger: Stranger): Promise<string[]> {
  const { host, port, given } = stranger;
  const own = await ownKnownHosts();
  if (given !== undefined && !(isPrint(given) && isRevoked(own, host, port, given))) return [given];
  const known = given === undefined ? knownHostKeys(own, host, port) : [];
  return known.length > 0 ? known : shownKeysOf(work, stranger);
}

/** Whether what the user said is a fingerprint: "SHA256:…". */
export function isPrint(given: string): boolean {
  return given.startsWith('SHA256:');
}

/**
 * Those of the keys that the host shows, one of each kind, which may be trusted. It shows but one of them to who logs in,
 * and that may be another one than the user means.
 * @throws as `hostKeysOf`
 */
export async function shownKeysOf(work: Work, stranger: Stranger): Promise<string[]> {
  const { host, port, given, via } = stranger;
  const own = await ownKnownHosts();
  const shown = await fetchHostKeys(host, port, { signal: work.signal, via });
  const offered = shown.filter((key) => !isRevoked(own, host, port, fingerprint(key)));
  const accepted = offered.filter((key) => given === undefined || fingerprint(key) === given);
  if (accepted.length === 0) throw differs(stranger, shown);
  if (given === undefined) await agree(work, stranger, accepted);
  return accepted;
}

/**
 * The keys that the machine must show. docker-machine pinned none, so for a machine of its making those count that are
 * shown first: they are kept in a file beside its record, which is only read here.
 */
export async function pinnedKeys(
  work: Work,
  machine: Machine,
  { host, sshPort }: Endpoint,
): Promise<readonly string[]> {
  if (machine.hostKeys.length > 0 || machine.setUpBy === undefined) return machine.hostKeys;
  const file = work.store.machine(machine.name).knownHosts;
  machine.hostKeys = await keysIn(file);
  if (machine.hostKeys.length > 0) return machine.hostKeys;
  machine.hostKeys = await fetchHostKeys(host, sshPort, { signal: work.signal });
  await replaceFile(file, knownHosts(host, sshPort, machine.hostKeys));
  const prints = machine.hostKeys.map(fingerprint).join(', ');
  const detail = `docker-machine never checked its host key: from now on it must be the one that it shows now (${prints})`;
  work.report({ machine: machine.name, stage: 'check the host key', state: 'note', detail });
  return machine.hostKeys;
}

/** Whatever the host was called when they were pinned: a machine that is started again has another address. */
async function keysIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return lines.map((line) => line.split(' ').slice(1).join(' ')).filter((key) => key !== '');
}

async function ownKnownHosts(): Promise<string> {
  return readFile(join(homedir(), '.ssh', 'known_hosts'), 'utf8').catch(() => '');
}

async function agree(work: Work, { host, port, accept }: Stranger, keys: readonly string[]): Promise<void> {
  const prints = keys.map(fingerprint).join(', ');
  const question = `The host ${host}:${port} shows the key ${prints}. Is that the right one?`;
  if (await work.ask?.yes(question)) return;
  throw new SlipwayError('unsafe', `Nobody vouches for the key of "${host}" (${prints})`, {
    hint: `Compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then ${accept(fingerprint(keys[0] ?? ''))}`,
  });
}

function differs({ host, given }: Stranger, shown: readonly string[]): SlipwayError {
  return new SlipwayError('unsafe', `The host "${host}" shows no key that may be trusted`, {
    cause: new Error(
      `expected ${given ?? 'one that is not revoked in known_hosts'}, shown ${shown.map(fingerprint).join(', ') || 'none'}`,
    ),
    hint: 'Either what was expected is wrong, or somebody else answers at that address: nothing was sent to it.',
  });
}
