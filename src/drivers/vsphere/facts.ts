import { codeOf, SlipwayError } from '../../errors.ts';
import type { Image } from './image.ts';
import { type Item, itemsIn, lists, named, ofKind, only, PATHS, refIn, within } from './inventory.ts';
import { itemIn, networksOfItem } from './library.ts';
import { openImage } from './open-image.ts';
import { networksIn } from './ovf.ts';
import type { Place } from './place.ts';
import { at, type Ref, type Xml, xml } from './xml.ts';

/** What vSphere tells about what was asked for. */
export interface Facts {
  readonly folder: Ref;
  readonly compute: Item;
  readonly pool: Ref;
  readonly host?: Item;
  readonly datastore?: Item;
  readonly networks: readonly Network[];
  readonly source: Source;
  /** What the vCenter keeps under the name, to be handed back as it is. */
  readonly customization?: Xml;
}

export type Source = FromTemplate | FromItem | FromImage;

export interface FromTemplate {
  readonly kind: 'template';
  readonly template: Item;
}

export interface FromItem {
  readonly kind: 'item';
  /** Of the item. */
  readonly id: string;
  readonly name: string;
  readonly networks: Mapping;
}

export interface FromImage {
  readonly kind: 'image';
  readonly image: Image;
  readonly path: string;
  readonly datastore: Item;
  readonly networks: Mapping;
}

/** What the maker of an image calls the networks, and those that stand for them here. */
export type Mapping = readonly (readonly [name: string, network: Ref])[];

export interface Network {
  readonly item: Item;
  /** Of a distributed switch. */
  readonly port?: { readonly group: string; readonly switchId: string };
}

/** @throws SlipwayError `bad-input` for what there is not; `no-capacity` for what cannot be used now */
export async function factsOf(place: Place): Promise<Facts> {
  const { settings } = place;
  if (settings.origin.kind !== 'image') await refuseEsxi(place);
  const items = await inventory(place);
  const datacenters = ofKind(items, 'Datacenter');
  const datacenter = choose(datacenters, 'datacenter', 'vsphere-datacenter', settings.datacenter);
  const here = within(items, datacenter);
  const { compute, host, pool } = computeOf(place, here);
  const datastore = datastoreOf(place, here, compute);
  const networks = await networksOf(place, here, compute);
  const customization = await customizationOf(place);
  return {
    folder: folderOf(place, here, datacenter),
    compute,
    pool,
    networks,
    source: await sourceOf(place, here, { compute, pool, datastore, networks }),
    ...(host === undefined ? {} : { host }),
    ...(datastore === undefined ? {} : { datastore }),
    ...(customization === undefined ? {} : { customization }),
  };
}

async function refuseEsxi({ settings, vsphere }: Place): Promise<void> {
  if ((await vsphere.about('apiType')) === 'VirtualCenter') return;
  const { host } = settings.server;
  throw new SlipwayError('unsupported', `"${host}" is an ESXi by itself, which cannot clone and has no libraries`, {
    hint: 'Name the vCenter that it belongs to: --vsphere-vcenter HOST, or make the machine of a file: --vsphere-image FILE',
  });
}

/** All that this user may see. */
async function inventory({ site, vsphere }: Place): Promise<Item[]> {
  return site.memory.recall('vsphere inventory', async () => itemsIn(await vsphere.list(PATHS)));
}

interface Chosen {
  readonly compute: Item;
  readonly pool: Ref;
  readonly datastore: Item | undefined;
  readonly networks: readonly Network[];
}

async function sourceOf(place: Place, here: readonly Item[], chosen: Chosen): Promise<Source> {
  const { origin } = place.settings;
  if (origin.kind === 'template') {
    return { kind: 'template', template: named(ofKind(here, 'VirtualMachine'), 'template', origin.name) };
  }
  if (origin.kind === 'item') {
    const id = await itemIn(place, origin.library, origin.name);
    const networks = mapping(await networksOfItem(place, id, chosen.pool), here, chosen);
    return { kind: 'item', id, name: origin.name, networks };
  }
  const image = await openImage(origin.path);
  const stores = ofKind(here, 'Datastore').filter((item) => lists(chosen.compute, 'datastore', item));
  return {
    kind: 'image',
    image,
    path: origin.path,
    datastore: chosen.datastore ?? only(stores, 'datastore', 'vsphere-datastore'),
    networks: mapping(await networksIn(image.descriptor), here, chosen),
  };
}

/** Where there are more networks than the user has named, the last one stands for the rest. */
function mapping(names: readonly string[], here: readonly Item[], { compute, networks }: Chosen): Mapping {
  if (names.length === 0) return [];
  const known = ofKind(here, 'Network', 'DistributedVirtualPortgroup').filter((item) =>
    lists(compute, 'network', item),
  );
  const given = networks.map(({ item }) => item);
  const last = given.at(-1) ?? only(known, 'network', 'vsphere-network');
  return names.map((name, index) => [name, (given[index] ?? last).ref]);
}

function choose(items: readonly Item[], what: string, flag: string, given: string | undefined): Item {
  return given === undefined ? only(items, what, flag) : named(items, what, given);
}

function folderOf({ settings }: Place, here: readonly Item[], datacenter: Item): Ref {
  if (settings.folder === undefined) return refIn(datacenter, 'vmFolder') ?? datacenter.ref;
  const folders = ofKind(here, 'Folder').filter(({ path }) => `${path}/`.startsWith(`${datacenter.path}/vm/`));
  return named(folders, 'folder', settings.folder).ref;
}

function computeOf({ settings }: Place, here: readonly Item[]): Pick<Facts, 'compute' | 'host' | 'pool'> {
  const host = settings.host === undefined ? undefined : hostOf(here, settings.host);
  const pool =
    settings.pool === undefined ? undefined : named(ofKind(here, 'ResourcePool'), 'resource pool', settings.pool);
  const inner = host ?? pool;
  const all = ofKind(here, 'ComputeResource', 'ClusterComputeResource');
  const possible = inner === undefined ? all : all.filter((each) => within([inner], each).length > 0);
  const compute = choose(possible, 'cluster', 'vsphere-cluster', settings.cluster);
  if (pool !== undefined && within([pool], compute).length === 0) {
    throw new SlipwayError('bad-input', `The resource pool "${pool.path}" is not in "${compute.name}"`);
  }
  const root = pool?.ref ?? refIn(compute, 'resourcePool');
  if (root === undefined)
    throw new SlipwayError('denied', `This user may not see the resource pool of "${compute.name}"`);
  return { compute, pool: root, ...(host === undefined ? {} : { host }) };
}

/** Another host may do. */
function hostOf(here: readonly Item[], given: string): Item {
  const host = named(ofKind(here, 'HostSystem'), 'host', given);
  const { 'runtime.connectionState': connection, 'runtime.inMaintenanceMode': maintained } = host.properties;
  if (connection?.text === 'connected' && maintained?.text !== 'true') return host;
  const state = maintained?.text === 'true' ? 'in maintenance' : `"${connection?.text ?? 'unknown'}"`;
  throw new SlipwayError('no-capacity', `The host "${host.name}" is ${state}`, {
    hint: 'Name another: --vsphere-hostsystem',
  });
}

/** Another datastore may do. */
function datastoreOf({ settings }: Place, here: readonly Item[], compute: Item): Item | undefined {
  if (settings.datastore === undefined) return undefined;
  const datastore = named(ofKind(here, 'Datastore'), 'datastore', settings.datastore);
  const { 'summary.accessible': accessible, 'summary.maintenanceMode': mode } = datastore.properties;
  const usable = accessible?.text === 'true' && (mode?.text ?? 'normal') === 'normal';
  if (usable && lists(compute, 'datastore', datastore)) return datastore;
  const why = usable ? `is not one of "${compute.name}"` : 'cannot be used at the moment';
  throw new SlipwayError('no-capacity', `The datastore "${datastore.name}" ${why}`, {
    hint: 'Name another: --vsphere-datastore',
  });
}

async function networksOf(place: Place, here: readonly Item[], compute: Item): Promise<Network[]> {
  const known = ofKind(here, 'Network', 'DistributedVirtualPortgroup');
  const wanted = place.settings.networks.map((name) => named(known, 'network', name));
  const foreign = wanted.find((item) => !lists(compute, 'network', item));
  if (foreign === undefined) return Promise.all(wanted.map((item) => networkOf(place, item)));
  throw new SlipwayError('bad-input', `The network "${foreign.name}" is not one of "${compute.name}"`, {
    hint: `There are: ${known
      .filter((item) => lists(compute, 'network', item))
      .map(({ name }) => name)
      .join(', ')}`,
  });
}

async function networkOf({ vsphere }: Place, item: Item): Promise<Network> {
  const owner = refIn(item, 'config.distributedVirtualSwitch');
  const group = item.properties.key?.text;
  if (owner === undefined || group === undefined) return { item };
  const [found] = await vsphere.read({ [owner.type]: ['uuid'] }, [owner]);
  return { item, port: { group, switchId: found?.properties.uuid?.text ?? '' } };
}

async function customizationOf({ settings, vsphere }: Place): Promise<Xml | undefined> {
  const { customization: name } = settings;
  if (name === undefined) return undefined;
  const manager = await vsphere.service('customizationSpecManager');
  const asked = vsphere.call('GetCustomizationSpec', manager, [xml('name', name)]);
  const [kept] = await asked.catch((cause: unknown) => {
    if (codeOf(cause) !== 'not-found') throw cause;
    throw new SlipwayError('bad-input', `vSphere has no customization specification "${name}"`, {
      hint: 'The vSphere client lists them under "Policies and Profiles".',
    });
  });
  return at(kept, 'spec');
}
