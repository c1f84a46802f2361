import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import type { Found, Properties } from './properties.ts';
import type { Ref } from './xml.ts';
import { refOf } from './xml.ts';

/** A thing that has a name and a place in the inventory. */
export interface Item {
  readonly ref: Ref;
  readonly name: string;
  /** "Datacenter/host/Cluster/Resources", without the root. */
  readonly path: string;
  readonly properties: Properties;
}

/** What kinds of things there are, for sentences, and what of them we need to know. */
export const KINDS = {
  Datacenter: ['vmFolder'],
  Folder: [],
  ComputeResource: ['resourcePool', 'datastore', 'network'],
  ClusterComputeResource: ['resourcePool', 'datastore', 'network'],
  HostSystem: ['runtime.connectionState', 'runtime.inMaintenanceMode'],
  ResourcePool: [],
  Datastore: ['summary.accessible', 'summary.maintenanceMode'],
  Network: [],
  DistributedVirtualPortgroup: ['key', 'config.distributedVirtualSwitch'],
  VirtualMachine: [],
} satisfies Readonly<Record<string, readonly string[]>>;

type Kind = keyof typeof KINDS;

/** As to ask for. */
export const PATHS = Object.fromEntries(
  Object.entries(KINDS).map(([kind, more]) => [kind, ['name', 'parent', ...more]]),
);

/** All things with their paths. */
export function itemsIn(found: readonly Found[]): Item[] {
  const byId = new Map(found.map((each) => [each.ref.id, each]));
  const pathOf = ({ properties }: Found): string[] => {
    const { parent, name } = properties;
    const above = parent === undefined ? undefined : byId.get(parent.text);
    return [...(above ? pathOf(above) : []), plain(name?.text ?? '')];
  };
  return found.map((each) => ({
    ref: each.ref,
    name: plain(each.properties.name?.text ?? ''),
    path: pathOf(each).join('/'),
    properties: each.properties,
  }));
}

/** vSphere writes what would be mistaken in a path as URLs do. */
function plain(name: string): string {
  return name.replaceAll('%2f', '/').replaceAll('%5c', '\\').replaceAll('%25', '%');
}

export function ofKind(items: readonly Item[], ...kinds: readonly Kind[]): Item[] {
  return items.filter(({ ref }) => (kinds as readonly string[]).includes(ref.type));
}

export function within(items: readonly Item[], above: Item): Item[] {
  return items.filter(({ path }) => path.startsWith(`${above.path}/`));
}

/** What the user means by a name or the end of a path. @throws SlipwayError `bad-input` */
export function named(items: readonly Item[], what: string, given: string): Item {
  const wanted = given.replace(/^\/|\/$/g, '');
  const exact = items.filter(({ path }) => path === wanted);
  const found =
    exact.length > 0 ? exact : items.filter((item) => item.name === wanted || item.path.endsWith(`/${wanted}`));
  const [one] = found;
  if (one && found.length === 1) return one;
  const names = items.map(({ name }) => name);
  throw new SlipwayError('bad-input', `vSphere has ${one ? `${found.length} of the name` : `no ${what}`} "${given}"`, {
    hint: one ? `Say which: ${pathsOf(found)}` : `There are: ${nearest(given, names).join(', ') || 'none'}`,
  });
}

/** The one that there is. @throws SlipwayError `bad-input` where there is none, or a choice */
export function only(items: readonly Item[], what: string, flag: string): Item {
  const [one] = items;
  if (one && items.length === 1) return one;
  const sentence = one
    ? `vSphere has several of what could be the ${what}`
    : `vSphere has no ${what} that this user may see`;
  throw new SlipwayError('bad-input', sentence, one ? { hint: `Say --${flag}: ${pathsOf(items)}` } : {});
}

function pathsOf(items: readonly Item[]): string {
  const shown = items.slice(0, 8).map(({ path }) => path);
  return [...shown, ...(items.length > shown.length ? ['…'] : [])].join(', ');
}

/** The thing that a property of another names. */
export function refIn({ properties }: Item, path: string): Ref | undefined {
  const value = properties[path];
  return value === undefined ? undefined : refOf(value);
}

/** Whether a property that lists others has this one. */
export function lists({ properties }: Item, path: string, { ref }: Item): boolean {
  return properties[path]?.children.some(({ text }) => text === ref.id) ?? false;
}
