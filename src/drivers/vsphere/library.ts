import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import type { Place } from './place.ts';
import { type RestQuestion, restOf } from './rest.ts';
import type { Ref } from './xml.ts';

/**
 * The id of an OVF template in a content library.
 * @throws SlipwayError `bad-input` for what there is not
 */
export async function itemIn(place: Place, library: string, name: string): Promise<string> {
  const ask = await askerIn(place);
  const shelf = await idOf(ask, LIBRARY, { name: library });
  if (shelf === undefined) throw await noneOf(ask, LIBRARY, '', `content library "${library}"`, library);
  const id = await idOf(ask, ITEM, { name, library_id: shelf });
  const inThere = `?library_id=${encodeURIComponent(shelf)}`;
  if (id === undefined) throw await noneOf(ask, ITEM, inThere, `item "${name}" in the library "${library}"`, name);
  const { type } = (await ask(reading('GET', `${ITEM}/id:${id}`))) as { type?: string };
  if (type === 'ovf') return id;
  throw new SlipwayError('bad-input', `"${library}/${name}" is no OVF template, but "${type ?? 'unknown'}"`, {
    hint: 'A template of the inventory is cloned with --vsphere-template.',
  });
}

/** What the item calls its networks. */
export async function networksOfItem(place: Place, id: string, pool: Ref): Promise<string[]> {
  const ask = await askerIn(place);
  const body = { target: { resource_pool_id: pool.id } };
  const seen = await ask({ ...reading('POST', `${OVF}/id:${id}?~action=filter`), body });
  const { networks, Networks } = seen as { networks?: string[]; Networks?: string[] };
  return networks ?? Networks ?? [];
}

/** Asks at once. */
type Ask = (question: RestQuestion) => Promise<unknown>;

export async function askerIn({ settings, site: { memory, signal } }: Place): Promise<Ask> {
  const rest = await restOf(settings.server, memory);
  return (question) => rest.ask(question, signal);
}

const LIBRARY = '/com/vmware/content/library';
const ITEM = '/com/vmware/content/library/item';
export const OVF = '/com/vmware/vcenter/ovf/library-item';

function reading<M extends 'GET' | 'POST'>(method: M, path: string) {
  return { method, path, repeatable: true };
}

async function idOf(ask: Ask, path: string, spec: Readonly<Record<string, string>>): Promise<string | undefined> {
  const found = await ask({ ...reading('POST', `${path}?~action=find`), body: { spec } });
  return (found as string[] | undefined)?.[0];
}

/** The names that are near it are asked for one by one, as there is no other way. */
async function noneOf(ask: Ask, path: string, query: string, what: string, given: string): Promise<SlipwayError> {
  const ids = ((await ask(reading('GET', `${path}${query}`))) as string[] | undefined) ?? [];
  const asked = ids.slice(0, MOST).map((id) => ask(reading('GET', `${path}/id:${id}`)) as Promise<{ name: string }>);
  const names = (await Promise.all(asked)).map(({ name }) => name);
  return new SlipwayError('bad-input', `vSphere has no ${what}`, {
    hint: `There are: ${nearest(given, names).join(', ') || 'none'}`,
  });
}

const MOST = 50;
