import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Part } from '../driver.ts';
import type { Action, Hetzner } from './client.ts';
import { failure, ifThere, isBusy } from './failures.ts';

/** A collection of things, and what one of it is called in an answer. */
export interface Collection {
  readonly path: string;
  readonly one: string;
}

export const SERVERS: Collection = { path: 'servers', one: 'server' };
export const KEYS: Collection = { path: 'ssh_keys', one: 'ssh_key' };
export const FIREWALLS: Collection = { path: 'firewalls', one: 'firewall' };
export const NETWORKS: Collection = { path: 'networks', one: 'network' };
export const PLACEMENT_GROUPS: Collection = { path: 'placement_groups', one: 'placement_group' };
export const PRIMARY_IPS: Collection = { path: 'primary_ips', one: 'primary_ip' };
export const VOLUMES: Collection = { path: 'volumes', one: 'volume' };

/** What we need to know of anything, whatever it is. */
export interface Kept {
  readonly id: number;
  readonly name: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** An answer to a create: the thing, and what goes on with it. */
type Created = Readonly<Record<string, unknown>> & { readonly action?: Action };

/** A part that bears its key as its name, which a project has once, and as a label. */
export function keptPart(
  hetzner: Hetzner,
  collection: Collection,
  create: (key: string, made: Readonly<Record<string, string>>) => Promise<object>,
): Pick<Part, 'create' | 'find' | 'destroy' | 'settles'> {
  return {
    settles: SETTLES,
    create: async (key, made) => make(hetzner, collection, key, await create(key, made)),
    find: async (key) => idOf(await ours(hetzner, collection, key)),
    destroy: (id) => remove(hetzner, collection, id),
  };
}

/** An accepted request shows within seconds; in milliseconds. */
const SETTLES = 5_000;

async function make(hetzner: Hetzner, collection: Collection, key: string, body: object): Promise<string> {
  try {
    const asked = { body: { name: key, ...body }, repeatable: true, makes: true } as const;
    const created = await hetzner.ask<Created>('POST', `/${collection.path}`, asked);
    if (created.action) await finished(hetzner, created.action, `"${key}" at Hetzner Cloud`);
    return String((created[collection.one] as Kept).id);
  } catch (error) {
    if (codeOf(error) !== 'exists') throw error;
    return idMade(hetzner, collection, key, error);
  }
}

/** Another request of ours may have been accepted and not show yet. */
async function idMade(hetzner: Hetzner, collection: Collection, key: string, cause: unknown): Promise<string> {
  const wait = { what: `"${key}" at Hetzner Cloud`, limit: SETTLES, signal: hetzner.signal };
  const named = await waitFor(wait, () => byName(hetzner, collection, key)).catch(() => undefined);
  const id = idOf(named && isOurs(named) ? named : undefined);
  if (id !== undefined) return id;
  throw new SlipwayError('exists', `"${key}" at Hetzner Cloud is not ours`, { cause });
}

/** Succeeds if it is gone already; waits while something on its way out uses it. */
export async function remove(hetzner: Hetzner, collection: Collection, id: string): Promise<void> {
  const known = /^\d+$/.test(id) ? id : idOf(await ours(hetzner, collection, id));
  if (known === undefined) return;
  const what = `the ${collection.one.replaceAll('_', ' ')} "${id}" to be removed at Hetzner Cloud`;
  const hint = 'See what holds it: https://console.hetzner.cloud';
  await waitFor(
    { what, limit: BUSY_LIMIT, hint, signal: hetzner.signal },
    async () => {
      const asked = hetzner.ask<{ action?: Action } | undefined>('DELETE', `/${collection.path}/${known}`);
      const answer = await ifThere(asked);
      if (answer?.action) await finished(hetzner, answer.action, what);
      return true;
    },
    isBusy,
  );
}

const BUSY_LIMIT = 5 * 60_000;

/** The one of this name, if it is ours. */
async function ours(hetzner: Hetzner, collection: Collection, name: string): Promise<Kept | undefined> {
  const found = await byName(hetzner, collection, name);
  return found && isOurs(found) ? found : undefined;
}

async function byName(hetzner: Hetzner, { path }: Collection, name: string): Promise<Kept | undefined> {
  const found = await hetzner.ask<Readonly<Record<string, Kept[]>>>('GET', `/${path}`, { query: { name } });
  return found[path]?.[0];
}

function isOurs({ name, labels }: Kept): boolean {
  return name !== null && labels['slipway-key'] === name;
}

function idOf(kept: Kept | undefined): string | undefined {
  return kept === undefined ? undefined : String(kept.id);
}

/** For what Hetzner does once it has accepted it; most takes seconds. */
const ACTION_LIMIT = 10 * 60_000;

/** Resolves when the action has ended well. @throws SlipwayError with what it failed at */
export async function finished(hetzner: Hetzner, { id }: Action, what: string): Promise<void> {
  const hint = 'See what it is doing: https://console.hetzner.cloud';
  await waitFor({ what, limit: ACTION_LIMIT, hint, signal: hetzner.signal }, async () => {
    const action = await hetzner.action(String(id));
    if (action?.status === 'error')
      throw failure(action.error ?? { code: 'unknown_error', message: 'no reason given' });
    return action === undefined || action.status === 'running' ? undefined : true;
  });
}

/** What the user means by a name or an id. @throws SlipwayError `bad-input` where there is no such thing */
export async function existing<T extends Kept>(
  hetzner: Hetzner,
  { path, one }: Collection,
  given: string,
  query: Readonly<Record<string, string>> = { name: given },
): Promise<T> {
  const byId = /^\d+$/.test(given)
    ? await ifThere(hetzner.ask<Record<string, T>>('GET', `/${path}/${given}`))
    : undefined;
  const found = byId?.[one] ?? (await hetzner.ask<Record<string, T[]>>('GET', `/${path}`, { query }))[path]?.[0];
  if (found !== undefined) return found;
  throw new SlipwayError('bad-input', `The project has no ${one.replaceAll('_', ' ')} "${given}"`, {
    hint: `This prints those that there are: hcloud ${one.replaceAll('_', '-')} list`,
  });
}
