import { randomUUID } from 'node:crypto';
import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Compute, Google, Options } from './client.ts';
import { ifThere, isInUse, isNotReady } from './failures.ts';
import { finished, type Operation } from './operations.ts';
import { formatPath, type Path } from './paths.ts';

/** What of the things that Google keeps for us we need to know, whatever they are. */
export interface Kept {
  readonly description?: string | null;
  readonly labels?: Record<string, string> | null;
}

type Get = (compute: Compute, path: Path, options: Options) => Promise<{ data: Kept }>;
type Delete = (compute: Compute, path: Path, requestId: string, options: Options) => Promise<{ data: Operation }>;

const zoned = ({ project, zone = '' }: Path) => ({ project, zone });
const regional = ({ project, region = '' }: Path) => ({ project, region });

const GET: Readonly<Record<string, Get>> = {
  instances: (compute, path, options) => compute.instances.get({ ...zoned(path), instance: path.name }, options),
  disks: (compute, path, options) => compute.disks.get({ ...zoned(path), disk: path.name }, options),
  addresses: (compute, path, options) => compute.addresses.get({ ...regional(path), address: path.name }, options),
  firewalls: (compute, { project, name }, options) => compute.firewalls.get({ project, firewall: name }, options),
  networks: (compute, { project, name }, options) => compute.networks.get({ project, network: name }, options),
};

const DELETE: Readonly<Record<string, Delete>> = {
  instances: (compute, path, requestId, options) =>
    compute.instances.delete({ ...zoned(path), instance: path.name, requestId }, options),
  disks: (compute, path, requestId, options) =>
    compute.disks.delete({ ...zoned(path), disk: path.name, requestId }, options),
  addresses: (compute, path, requestId, options) =>
    compute.addresses.delete({ ...regional(path), address: path.name, requestId }, options),
  firewalls: (compute, { project, name }, requestId, options) =>
    compute.firewalls.delete({ project, firewall: name, requestId }, options),
  networks: (compute, { project, name }, requestId, options) =>
    compute.networks.delete({ project, network: name, requestId }, options),
};

export async function lookUp(google: Google, path: Path): Promise<Kept | undefined> {
  return ifThere(google.ask((compute, options) => of(GET, path)(compute, path, options)));
}

/**
 * Asks for something under its key, which is its name, and gives its path once it is there. What is there already under
 * the key was asked for by us. Whether Google has it is known only at the end of an operation, so that is waited for.
 */
export async function make(
  google: Google,
  path: Path,
  insert: (compute: Compute, requestId: string, options: Options) => Promise<{ data: Operation }>,
): Promise<string> {
  const what = `"${path.name}" at Google`;
  const makeOnce = async () => {
    const requestId = randomUUID();
    const operation = await google.askToMake((compute, options) => insert(compute, requestId, options));
    await finished(google, path.project, operation, what);
    return true;
  };
  try {
    await waitFor({ what, limit: NOT_READY_LIMIT, signal: google.signal }, makeOnce, isNotReady);
  } catch (error) {
    if (codeOf(error) !== 'exists') throw error;
    await checkOurs(google, path, error);
  }
  return formatPath(path);
}

/** What has just been made may not be ready to be used yet: a new network's subnetworks. */
const NOT_READY_LIMIT = 2 * 60_000;

/** Succeeds if it is gone already; waits while something on its way out uses it. */
export async function remove(google: Google, path: Path): Promise<void> {
  const what = `"${path.name}" to be removed at Google`;
  const hint = `See what uses it: https://console.cloud.google.com/home/activity?project=${path.project}`;
  await waitFor(
    { what, limit: IN_USE_LIMIT, hint, signal: google.signal },
    async () => {
      await ifThere(removeOnce(google, path, what));
      return true;
    },
    isInUse,
  );
}

const IN_USE_LIMIT = 5 * 60_000;

async function removeOnce(google: Google, path: Path, what: string): Promise<void> {
  const requestId = randomUUID();
  const operation = await google.ask((compute, options) => of(DELETE, path)(compute, path, requestId, options));
  await finished(google, path.project, operation, what);
}

/** Another request of ours may have been accepted and not be visible yet. */
async function checkOurs(google: Google, path: Path, cause: unknown): Promise<void> {
  const kept = await waitFor({ what: `"${path.name}" at Google`, limit: VISIBLE_LIMIT, signal: google.signal }, () =>
    lookUp(google, path),
  );
  if (kept.labels?.['slipway-key'] === path.name || labelsIn(kept.description)?.['slipway-key'] === path.name) return;
  throw new SlipwayError('exists', `"${path.name}" at Google is not ours`, { cause });
}

const VISIBLE_LIMIT = 60_000;

/** For what cannot bear labels when it is made: they are its description. */
export function described(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(labels);
}

/** The labels that `described` wrote; undefined for a description of somebody else's. */
export function labelsIn(description: string | null | undefined): Record<string, string> | undefined {
  if (!description?.startsWith('{"slipway-')) return undefined;
  try {
    return JSON.parse(description);
  } catch {
    return undefined;
  }
}

function of<T>(methods: Readonly<Record<string, T>>, { collection }: Path): T {
  const method = methods[collection];
  if (method) return method;
  throw new SlipwayError('broken', `"${collection}" is nothing that this driver makes`);
}
