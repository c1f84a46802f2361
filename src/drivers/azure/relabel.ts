import type { Made } from '../driver.ts';
import { changing } from '../labels.ts';
import { ask, lookUp } from './failures.ts';
import { parseId, type Resource, TYPES } from './ids.ts';
import { finish } from './operations.ts';
import type { Place } from './place.ts';

type Tags = Record<string, string>;

/** Writes the labels that may change on each part of the machine, and on its disk. */
export async function relabel(place: Place, made: Made): Promise<void> {
  const changes = changing(place.site.labels);
  if (Object.keys(changes).length === 0) return;
  const tagged = await taggings(place);
  const resources = Object.values(made).flatMap((id) => parseId(id) ?? []);
  const disks = resources.filter(({ type }) => type === TYPES.instance).map((vm) => ({ ...vm, type: TYPES.disk }));
  for (const resource of [...resources, ...disks]) await mark(tagged, resource, changes);
}

/** How the tags of one kind of resource are read, and replaced as a whole: that is how Azure takes them. */
interface Tagging {
  tags(resource: Resource): Promise<Tags | undefined>;
  replace(resource: Resource, tags: Tags): Promise<unknown>;
}

/** What machines share belongs to none of them, and is not among these kinds. */
async function taggings(place: Place): Promise<Readonly<Record<string, Tagging>>> {
  const { clients, options } = place;
  const [compute, network] = await Promise.all([clients.compute(), clients.network()]);
  const kind = (things: TaggedThings): Tagging => ({
    tags: async ({ group, name }) => tagsOf(await seen(name, () => things.get(group, name, options))),
    replace: ({ group, name }, tags) => ask(`mark "${name}"`, () => things.updateTags(group, name, { tags }, options)),
  });
  const machine = ({ get, update }: typeof compute.virtualMachines | typeof compute.disks): Tagging => ({
    tags: async ({ group, name }) => tagsOf(await seen(name, () => get(group, name, options))),
    replace: ({ group, name }, tags) => finish(place, `mark "${name}"`, () => update(group, name, { tags }, options)),
  });
  return {
    [TYPES.securityGroup]: kind(network.networkSecurityGroups),
    [TYPES.address]: kind(network.publicIPAddresses),
    [TYPES.interface]: kind(network.networkInterfaces),
    [TYPES.instance]: machine(compute.virtualMachines),
    [TYPES.disk]: machine(compute.disks),
  };
}

/** What the clients of the network's kinds have in common. */
interface TaggedThings {
  get(group: string, name: string, options: Place['options']): Promise<{ tags?: Tags }>;
  updateTags(group: string, name: string, tags: { tags: Tags }, options: Place['options']): Promise<unknown>;
}

function seen<T>(name: string, get: () => Promise<T>): Promise<T | undefined> {
  return lookUp(`look at the tags of "${name}"`, get);
}

/** Undefined for what is not there. */
function tagsOf(thing: { tags?: Tags } | undefined): Tags | undefined {
  return thing && (thing.tags ?? {});
}

async function mark(tagged: Readonly<Record<string, Tagging>>, resource: Resource, changes: Tags): Promise<void> {
  const tagging = tagged[resource.type];
  const present = await tagging?.tags(resource);
  if (tagging && present) await tagging.replace(resource, { ...present, ...changes });
}
