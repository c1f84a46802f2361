import { all, at, optional, type Ref, refOf, refXml, textAt, typed, type Xml, xml } from './xml.ts';

/** The values of an object's properties, by their paths. */
export type Properties = Readonly<Record<string, Xml>>;

export interface Found {
  readonly ref: Ref;
  readonly properties: Properties;
}

/** Asks the server for something; see Vsphere.call. */
export type Call = (method: string, on: Ref, words: readonly (Xml | undefined)[]) => Promise<readonly Xml[]>;

/** Which properties to read, by the type of the objects. */
export type Paths = Readonly<Record<string, readonly string[]>>;

/** Of these objects; those that are gone are left away. */
export async function propertiesOf(call: Call, collector: Ref, paths: Paths, refs: readonly Ref[]): Promise<Found[]> {
  const types = new Set(refs.map(({ type }) => type));
  const wanted = Object.fromEntries(Object.entries(paths).filter(([type]) => types.has(type)));
  return collected(
    call,
    collector,
    wanted,
    refs.map((ref) => xml('objectSet', [refXml('obj', ref)])),
  );
}

/** Of all objects of these types below the root. */
export async function inventoryOf(call: Call, services: Services, paths: Paths): Promise<Found[]> {
  const { collector, viewManager, root } = services;
  const types = Object.keys(paths).map((type) => xml('type', type));
  const words = [refXml('container', root), ...types, xml('recursive', true)];
  const [made] = await call('CreateContainerView', viewManager, words);
  if (made === undefined) throw new Error('No view was made');
  const view = refOf(made);
  const within = typed('selectSet', 'TraversalSpec', [
    xml('name', 'within'),
    xml('type', view.type),
    xml('path', 'view'),
    xml('skip', false),
  ]);
  const found = await collected(call, collector, paths, [
    xml('objectSet', [refXml('obj', view), xml('skip', true), within]),
  ]);
  await call('DestroyView', view, []);
  return found;
}

export interface Services {
  readonly collector: Ref;
  readonly viewManager: Ref;
  readonly root: Ref;
}

/** How many objects a page of results has. */
const PAGE = 500;

/** @param objects where to look, as elements `objectSet` */
async function collected(call: Call, collector: Ref, paths: Paths, objects: readonly Xml[]): Promise<Found[]> {
  const wanted = Object.entries(paths).map(([type, names]) =>
    xml('propSet', [xml('type', type), xml('all', false), ...names.map((name) => xml('pathSet', name))]),
  );
  const filter = xml('specSet', [...wanted, ...objects, xml('reportMissingObjectsInResults', true)]);
  const found: Found[] = [];
  let [page] = await call('RetrievePropertiesEx', collector, [filter, xml('options', [xml('maxObjects', PAGE)])]);
  for (;;) {
    found.push(...all(page, 'objects').map(foundIn));
    const token = optional(textAt(page, 'token') || undefined, (text) => xml('token', text));
    if (token === undefined) return found;
    [page] = await call('ContinueRetrievePropertiesEx', collector, [token]);
  }
}

function foundIn(object: Xml): Found {
  const values = all(object, 'propSet').flatMap((each) => {
    const value = at(each, 'val');
    return value === undefined ? [] : [[textAt(each, 'name'), value] as const];
  });
  return { ref: refOf(at(object, 'obj') as Xml), properties: Object.fromEntries(values) };
}
