import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../drivers/driver.ts';
import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import { fetchHostKeys, fingerprint, isRevoked, knownHostKeys } from '../ssh/index.ts';
import type { Work } from './work.ts';

/**
 * The keys by which a host that somebody else made will be known: what the user said, else what the user's known_hosts
 * says, else what the host shows, if the person at the terminal agrees. Nobody is trusted at first sight.
 * @throws SlipwayError `unsafe`, with the fingerprint and the flag that accepts it
 */
export async function hostKeysOfAdopted(work: Work, driver: Driver, endpoint: Endpoint): Promise<string[]> {
  const given = driver.hostKey;
  if (given !== undefined && !given.startsWith('SHA256:')) return [given];
  const own = await readFile(join(homedir(), '.ssh', 'known_hosts'), 'utf8').catch(() => '');
  const { host, sshPort } = endpoint;
  const known = given === undefined ? knownHostKeys(own, host, sshPort) : [];
  if (known.length > 0) return known;
  const shown = await fetchHostKeys(host, sshPort, { signal: work.signal });
  const offered = shown.filter((key) => !isRevoked(own, host, sshPort, key));
  const accepted = offered.filter((key) => given === undefined || fingerprint(key) === given);
  if (accepted.length === 0) throw differs(endpoint, given, shown);
  if (given === undefined) await agree(work, endpoint, accepted);
  return accepted;
}

async function agree(work: Work, endpoint: Endpoint, keys: readonly string[]): Promise<void> {
  const prints = keys.map(fingerprint).join(', ');
  const question = `The host ${endpoint.host}:${endpoint.sshPort} shows the key ${prints}. Is that the right one?`;
  if (await work.ask?.yes(question)) return;
  throw new SlipwayError('unsafe', `Nobody vouches for the key of "${endpoint.host}" (${prints})`, {
    hint: `Compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add --generic-host-key ${fingerprint(keys[0] ?? '')}`,
  });
}

function differs(endpoint: Endpoint, given: string | undefined, shown: readonly string[]): SlipwayError {
  return new SlipwayError('unsafe', `The host "${endpoint.host}" shows no key that may be trusted`, {
    cause: new Error(
      `expected ${given ?? 'one that is not revoked in known_hosts'}, shown ${shown.map(fingerprint).join(', ') || 'none'}`,
    ),
    hint: 'Either what was expected is wrong, or somebody else answers at that address: nothing was sent to it.',
  });
}
