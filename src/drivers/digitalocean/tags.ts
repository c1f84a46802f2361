import type { Made, Part } from '../driver.ts';
import { allPages } from './client.ts';
import { ifThere } from './failures.ts';
import { admit } from './firewall.ts';
import { remove } from './kept.ts';
import { isOurName, keyOfTag, labelsIn, type Place, passingIn, SETTLES, tagsFor, tagsOfMachine } from './place.ts';

/** Where the labels are; its id is the tag itself, without those for what may change. */
export function tagPart(place: Place): Part {
  return {
    kind: 'tag',
    settles: SETTLES,
    find: async (key) => (await tagsNow(place, key)).find((tag) => 'slipway-store' in labelsIn([tag])),
    async create(key) {
      for (const name of tagsFor(place, key)) await makeTag(place, name);
      return tagsFor(place, key)[0] as string;
    },
    async destroy(id) {
      const [key, own] = isOurName(id) ? [id, []] : [keyOfTag(id), [id]];
      // A list may not show yet what was made a moment ago.
      const passing = tagsFor(place, key).filter(passingIn);
      for (const tag of new Set([...(await tagsNow(place, key)), ...passing, ...own])) await removeTag(place, tag);
    },
  };
}

/** Writes the labels that may change: each in another tag, before the old one goes. */
export async function relabel(place: Place, made: Made): Promise<void> {
  const wanted = tagsOfMachine(place, made).filter(passingIn);
  if (wanted.length === 0 || made.tag === undefined) return;
  for (const tag of wanted) await bearTag(place, tag, made);
  await admit(place, made);
  const kinds = wanted.map(passingIn);
  const there = await tagsNow(place, keyOfTag(made.tag));
  const before = there.filter((tag) => kinds.includes(passingIn(tag) ?? '') && !wanted.includes(tag));
  for (const tag of before) await removeTag(place, tag);
}

/** Makes the tag, and has the machine's droplet bear it. */
export async function bearTag(place: Place, name: string, { droplet }: Made): Promise<void> {
  await makeTag(place, name);
  if (droplet === undefined) return;
  const body = { resources: [{ resource_id: droplet, resource_type: 'droplet' }] };
  await place.ocean.ask('POST', `${pathOf(name)}/resources`, { body, repeatable: true });
}

/** One that is there already is as good. */
async function makeTag({ ocean }: Place, name: string): Promise<void> {
  if (await ifThere(ocean.ask('GET', pathOf(name)))) return;
  await ocean.ask('POST', '/v2/tags', { body: { name }, repeatable: true });
}

async function removeTag({ ocean }: Place, name: string): Promise<void> {
  await remove(ocean, pathOf(name), `the tag "${name}"`);
}

async function tagsNow({ ocean }: Place, key: string): Promise<string[]> {
  const tags = await allPages<{ readonly name: string }>(ocean, 'tags', 'tags');
  return tags.map(({ name }) => name).filter((name) => keyOfTag(name) === key);
}

function pathOf(tag: string): string {
  return `/v2/tags/${encodeURIComponent(tag)}`;
}
