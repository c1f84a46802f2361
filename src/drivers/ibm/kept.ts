import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Part } from '../driver.ts';
import { allPages, type Ibm } from './client.ts';
import { ifThere, isBusy } from './failures.ts';
import { isOurName } from './place.ts';

/** What we need to know of anything, whatever it is. */
export interface Kept {
  readonly id: string;
  readonly name: string;
}

/** A collection of things, which have names of their own in a region. */
export interface Collection {
  readonly path: string;
  /** For sentences. */
  readonly what: string;
  /** Its list can be asked for a name. */
  readonly byName?: true;
}

export const KEYS: Collection = { path: 'keys', what: 'SSH key' };
export const GROUPS: Collection = { path: 'security_groups', what: 'security group' };
export const INSTANCES: Collection = { path: 'instances', what: 'instance', byName: true };
export const ADDRESSES: Collection = { path: 'floating_ips', what: 'floating address' };

/** An accepted request shows within seconds; in milliseconds. */
const SETTLES = 5_000;

/** A part that bears its key as its name, which a region has once. */
export function keptPart(
  ibm: Ibm,
  collection: Collection,
  body: (key: string, made: Made) => Promise<object>,
): Pick<Part, 'create' | 'find' | 'destroy' | 'settles'> {
  return {
    settles: SETTLES,
    create: async (key, made) => make(ibm, collection, key, await body(key, made)),
    find: async (key) => (await named(ibm, collection, key))?.id,
    destroy: (id) => remove(ibm, collection, id),
  };
}

/** As no other can have the name, it may be asked for again when nobody knows what became of it. */
async function make(ibm: Ibm, collection: Collection, key: string, body: object): Promise<string> {
  try {
    const asked = { body: { name: key, ...body }, repeatable: true, makes: true } as const;
    return (await ibm.ask<Kept>('POST', `/${collection.path}`, asked)).id;
  } catch (error) {
    if (codeOf(error) !== 'exists') throw error;
    const wait = { what: `"${key}" at IBM Cloud`, limit: SETTLES, signal: ibm.signal };
    return (await waitFor(wait, () => named(ibm, collection, key))).id;
  }
}

async function named(ibm: Ibm, { path, byName }: Collection, name: string): Promise<Kept | undefined> {
  const all = await allPages<Kept>(ibm, path, byName ? { name } : {});
  return all.find((each) => each.name === name);
}

/** For what IBM does once it has accepted it; most takes seconds. */
const LIMIT = 10 * 60_000;

/** Succeeds if it is gone already; waits while something on its way out uses it, and until it is gone. */
export async function remove(ibm: Ibm, collection: Collection, id: string): Promise<void> {
  const known = isOurName(id) ? (await named(ibm, collection, id))?.id : id;
  if (known === undefined) return;
  const path = `/${collection.path}/${known}`;
  const hint = 'See what holds it: https://cloud.ibm.com/infrastructure';
  const wait = { what: `the ${collection.what} "${id}" to be removed at IBM Cloud`, limit: LIMIT, hint };
  const watched = { ...wait, signal: ibm.signal };
  if (await waitFor(watched, async () => ({ there: await accepts(ibm, path) }), isBusy).then(({ there }) => !there))
    return;
  await waitFor(watched, async () => ((await ifThere(ibm.ask('GET', path))) === undefined ? true : undefined));
}

/** False where there is no such thing. */
async function accepts(ibm: Ibm, path: string): Promise<boolean> {
  return (await ifThere(ibm.ask('DELETE', path).then(() => true))) ?? false;
}

/** What the user means by a name or an id. @throws SlipwayError `bad-input` where there is no such thing */
export function meant<T extends Kept>(all: readonly T[], what: string, given: string, hint: string): T {
  const found = all.find(({ id, name }) => id === given || name === given);
  if (found) return found;
  throw new SlipwayError('bad-input', `There is no ${what} "${given}" in this region`, { hint });
}

export function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
