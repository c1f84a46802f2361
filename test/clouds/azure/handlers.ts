import { IMAGES, imageOf, LOCATIONS, SIZES, skuOf } from './catalog.ts';
import {
  checkMachine,
  deleteMachine,
  machineIn,
  machineStatus,
  makeMachine,
  newMachine,
  POWER,
  reserveInterfaces,
  showDisk,
  showMachine,
  usagesIn,
} from './machines.ts';
import { type Kind, networkInterfaces, networkSecurityGroups, publicIPAddresses, virtualNetworks } from './network.ts';
import type { Operations } from './operations.ts';
import { Refusal } from './refusal.ts';
import {
  type Body,
  GROUP,
  listed,
  mustHaveGroup,
  ofType,
  properties,
  put,
  type Stored,
  seen,
  takeAway,
  type World,
} from './world.ts';

export interface Asked {
  readonly world: World;
  readonly operations: Operations;
  readonly origin: string;
  /** Names in the path by where they stand: "subscriptions" → id. In the request's own capitals. */
  readonly path: string;
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** The id of an operation to ask about. */
  readonly operation?: string;
}

export type Handler = (asked: Asked) => Promise<Answer> | Answer;

/** What each operation of the definitions does. One that is not here is not known to this Azure. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  'resourceGroups.get': ({ world, names }) => ({ status: 200, body: showGroup(groupIn(world, names)) }),
  'resourceGroups.createOrUpdate': putGroup,
  'resourceGroups.delete': deleteGroup,
  'resourceGroups.list': ({ world, query }) => {
    const groups = listed(world).filter(({ type }) => type === GROUP);
    return page(groups.map(showGroup), query);
  },
  'resources.list': ({ world, query }) => page(resourcesIn(world, query.get('$filter')), query),
  'resources.listByResourceGroup': ({ world, names, query }) => {
    const { name } = mustHaveGroup(world, names.resourceGroups ?? '');
    const inGroup = (id: string) => id.toLowerCase().includes(`/resourcegroups/${name}/`.toLowerCase());
    return page(
      resourcesIn(world, query.get('$filter')).filter(({ id }) => inGroup(id)),
      query,
    );
  },
  'resources.getById': (asked) => ({ status: 200, body: showOther(existing(asked)) }),
  'providers.get': () => ({ status: 200, body: provider() }),
  ...ofKind('virtualNetworks', 'Microsoft.Network/virtualNetworks', virtualNetworks),
  ...ofKind('networkSecurityGroups', 'Microsoft.Network/networkSecurityGroups', networkSecurityGroups),
  ...ofKind('publicIPAddresses', 'Microsoft.Network/publicIPAddresses', publicIPAddresses),
  ...ofKind('networkInterfaces', 'Microsoft.Network/networkInterfaces', networkInterfaces),
  'availabilitySets.get': (asked) => ({ status: 200, body: showOther(existing(asked)) }),
  'resourceSkus.list': ({ query }) => {
    const location = /^location eq '(\w+)'$/.exec(query.get('$filter') ?? '')?.[1] ?? '';
    return page(location in LOCATIONS ? SIZES.map((size) => skuOf(size, location)) : [], query);
  },
  'virtualMachineImages.listOffers': ({ names }) => imageList(names, 'offer'),
  'virtualMachineImages.listSkus': ({ names }) => imageList(names, 'sku'),
  'virtualMachineImages.list': ({ names }) => {
    const image = imageFor(names);
    return { status: 200, body: image.versions.map((name) => ({ name, location: names.locations })) };
  },
  'virtualMachineImages.get': ({ names }) => {
    const image = imageFor(names);
    const version = names.versions ?? '';
    if (image.versions.includes(version)) return { status: 200, body: imageOf(image, version, names.locations ?? '') };
    throw new Refusal(404, 'ImageNotFound', `The image ${version} was not found.`);
  },
  'usage.list': ({ world, names, query }) => page(usagesIn(world, names.locations ?? ''), query),
  'virtualMachines.get': async (asked) => {
    const thing = existing(asked);
    const view = asked.query.get('$expand') === 'instanceView';
    return { status: 200, body: { ...show(thing), properties: await showMachine(asked.world, thing, view) } };
  },
  'virtualMachines.createOrUpdate': putMachine,
  'virtualMachines.update': async (asked) => {
    const thing = tagged(asked);
    return { status: 200, body: { ...show(thing), properties: await showMachine(asked.world, thing, false) } };
  },
  'virtualMachines.delete': (asked) =>
    remove(
      asked,
      () => undefined,
      (thing) => deleteMachine(asked.world, thing),
    ),
  'virtualMachines.start': (asked) => power(asked, 'start'),
  'virtualMachines.powerOff': (asked) => power(asked, 'powerOff'),
  'virtualMachines.deallocate': (asked) => power(asked, 'deallocate'),
  'virtualMachines.restart': (asked) => power(asked, 'restart'),
  'virtualMachines.listAll': async ({ world, query }) => {
    const machines = ofType(world, 'Microsoft.Compute/virtualMachines').filter(isVisible);
    return page(await Promise.all(machines.map((thing) => machineStatus(world, thing))), query);
  },
  'virtualMachines.list': async ({ world, names, query }) => {
    const machines = inGroup(world, names, 'Microsoft.Compute/virtualMachines');
    const view = query.get('$expand') === 'instanceView';
    return page(
      await Promise.all(
        machines.map(async (thing) => ({ ...show(thing), properties: await showMachine(world, thing, view) })),
      ),
      query,
    );
  },
  'virtualMachines.retrieveBootDiagnosticsData': (asked) => ({
    status: 200,
    body: { serialConsoleLogBlobUri: `${asked.origin}/console/${existing(asked).name}?sig=0` },
  }),
  'disks.get': (asked) => {
    const thing = existing(asked);
    return { status: 200, body: { ...head(thing), ...showDisk(asked.world, thing) } };
  },
  'disks.update': (asked) => {
    const thing = tagged(asked);
    return { status: 200, body: { ...head(thing), ...showDisk(asked.world, thing) } };
  },
  'disks.delete': (asked) =>
    remove(asked, (thing) => {
      if (!('managedBy' in showDisk(asked.world, thing))) return;
      throw new Refusal(409, 'OperationNotAllowed', `Disk ${thing.name} is attached to a VM.`);
    }),
};

function inGroup(world: World, names: Asked['names'], type: string): Stored[] {
  const { name } = mustHaveGroup(world, names.resourceGroups ?? '');
  return ofType(world, type).filter((thing) => thing.group.toLowerCase() === name.toLowerCase() && isVisible(thing));
}

/** The kinds of the network have the same three verbs. */
function ofKind(name: string, type: string, kind: Kind): Record<string, Handler> {
  const body = (world: World, thing: Stored) => ({
    ...show(thing),
    properties: { ...properties(thing), ...kind.show(world, thing), provisioningState: thing.state },
  });
  return {
    [`${name}.get`]: (asked) => ({ status: 200, body: body(asked.world, existing(asked)) }),
    [`${name}.list`]: ({ world, names, query }) =>
      page(
        inGroup(world, names, type).map((thing) => body(world, thing)),
        query,
      ),
    [`${name}.createOrUpdate`](asked) {
      const { world, operations } = asked;
      const thing = wanted(asked, type, 'Updating');
      kind.check(world, thing);
      const isNew = !world.things.has(thing.id.toLowerCase());
      const stored = put(world, thing);
      const operation = operations.begin(() => {
        if (stored.state === 'Updating') stored.state = 'Succeeded';
      });
      return { status: isNew ? 201 : 200, body: body(world, stored), operation };
    },
    [`${name}.updateTags`]: (asked) => ({ status: 200, body: body(asked.world, tagged(asked)) }),
    [`${name}.delete`]: (asked) => remove(asked, (thing) => kind.free(asked.world, thing)),
  };
}

function putGroup({ world, names, body }: Asked): Answer {
  const name = names.resourceGroups ?? '';
  const id = `/subscriptions/${world.subscription}/resourceGroups/${name}`;
  const present = world.things.get(id.toLowerCase());
  if (present?.state === 'Deleting') mustHaveGroup(world, name);
  if (!/^[\w().-]{0,89}[\w()-]$/.test(name)) throw new Refusal(400, 'InvalidResourceGroupName', name);
  checkPlaceAndTags(body);
  if (present && present.body.location !== body.location) {
    throw new Refusal(
      409,
      'InvalidResourceGroupLocation',
      `The Resource group already exists in location '${present.body.location}'.`,
    );
  }
  const stored = put(world, { id, type: GROUP, group: name, name, body, state: 'Succeeded' });
  return { status: present ? 200 : 201, body: showGroup(stored) };
}

/** With all that is in it, whose ever it is. */
function deleteGroup({ world, operations, names }: Asked): Answer {
  const group = mustHaveGroup(world, names.resourceGroups ?? '');
  group.state = 'Deleting';
  const operation = operations.begin(() => {
    const prefix = `${group.id}/`.toLowerCase();
    for (const id of [...world.things.keys()]) if (id.startsWith(prefix)) takeAway(world, id);
    takeAway(world, group.id);
  });
  return { status: 202, operation };
}

function groupIn(world: World, names: Asked['names']): Stored {
  const name = names.resourceGroups ?? '';
  const found = seen(world, `/subscriptions/${world.subscription}/resourceGroups/${name}`);
  if (found) return found;
  throw new Refusal(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

async function putMachine(asked: Asked): Promise<Answer> {
  const { world, operations } = asked;
  const thing = wanted(asked, 'Microsoft.Compute/virtualMachines', 'Creating');
  const present = world.things.get(thing.id.toLowerCase());
  try {
    checkMachine(world, thing, present);
  } catch (error) {
    reserveInterfaces(world, thing);
    throw error;
  }
  const stored = put(world, present ? { ...thing, state: present.state } : thing);
  const isNew = !world.machines.has(stored.id.toLowerCase());
  if (isNew) world.machines.set(stored.id.toLowerCase(), newMachine(stored));
  const operation = operations.begin(async () => {
    try {
      if (isNew) await makeMachine(world, stored);
      if (stored.state === 'Creating') stored.state = 'Succeeded';
    } catch (error) {
      stored.state = 'Failed';
      throw error;
    }
  });
  const body = { ...show(stored), properties: await showMachine(world, stored, false) };
  return { status: isNew ? 201 : 200, body, operation };
}

function power(asked: Asked, verb: string): Answer {
  const thing = existing(asked);
  machineIn(asked.world, thing);
  if (thing.state === 'Deleting') throw new Refusal(409, 'OperationNotAllowed', `${thing.name} is being deleted.`);
  const operation = asked.operations.begin(() => POWER[verb]?.(asked.world, thing));
  return { status: 202, operation };
}

/** 204 for what is not there, as Azure does; 404 only where its group is not. */
function remove(asked: Asked, free: (thing: Stored) => void, end?: (thing: Stored) => Promise<void>): Answer {
  const { world, operations } = asked;
  mustHaveGroup(world, asked.names.resourceGroups ?? '');
  const thing = world.things.get(asked.path.toLowerCase());
  if (!thing) return { status: 204 };
  free(thing);
  thing.state = 'Deleting';
  const operation = operations.begin(async () => {
    await end?.(thing);
    takeAway(world, thing.id);
    world.addresses.delete(thing.id.toLowerCase());
  });
  return { status: 202, operation };
}

/** The thing that a PUT asks for, with the group and the name from its path. */
function wanted({ world, names, path, body }: Asked, type: string, state: Stored['state']): Stored {
  const group = mustHaveGroup(world, names.resourceGroups ?? '');
  const name = path.split('/').at(-1) ?? '';
  if (!/^[A-Za-z0-9]([\w.-]{0,78}\w)?$/.test(name))
    throw new Refusal(400, 'InvalidResourceName', `Resource name ${name} is invalid.`);
  checkPlaceAndTags(body);
  const id = `${group.id}/providers/${type}/${name}`;
  const present = world.things.get(id.toLowerCase());
  if (present?.state === 'Deleting') throw new Refusal(409, 'AnotherOperationInProgress', `${id} is being deleted.`);
  if (present && present.body.location !== body.location) {
    throw new Refusal(
      409,
      'InvalidResourceLocation',
      `The resource '${name}' already exists in '${present.body.location}'.`,
    );
  }
  return { id, type, group: group.name, name, body, state, visible: 0, foreign: false, etag: '' };
}

function checkPlaceAndTags({ location, tags = {} }: Body): void {
  if (location === undefined)
    throw new Refusal(400, 'LocationRequired', 'The location property is required for this definition.');
  if (!(location in LOCATIONS)) {
    throw new Refusal(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available.`,
    );
  }
  const wrong = Object.entries(tags).some(
    ([name, value]) => name.length > 512 || /[<>%&\\?/]/.test(name) || value.length > 256,
  );
  if (wrong || Object.keys(tags).length > 50) throw new Refusal(400, 'InvalidTagName', 'A tag is not valid.');
}

function existing({ world, names, path }: Asked): Stored {
  const thing = seen(world, path);
  if (thing) return thing;
  mustHaveGroup(world, names.resourceGroups ?? '');
  throw new Refusal(404, 'ResourceNotFound', `The Resource '${path}' was not found.`);
}

/** With these tags instead of those that it had. */
function tagged(asked: Asked): Stored {
  const thing = existing(asked);
  const { tags = {} } = asked.body;
  checkPlaceAndTags({ ...thing.body, tags });
  thing.body = { ...thing.body, tags };
  return thing;
}

function head(thing: Stored) {
  return { id: thing.id, name: thing.name, type: thing.type };
}

function show(thing: Stored): Record<string, unknown> {
  return { ...head(thing), etag: thing.etag, ...thing.body };
}

function showGroup(thing: Stored): object {
  const provisioningState = thing.state;
  return {
    ...head(thing),
    location: thing.body.location,
    tags: thing.body.tags ?? {},
    properties: { provisioningState },
  };
}

function showOther(thing: Stored): object {
  return { ...head(thing), location: thing.body.location, ...(thing.body.tags ? { tags: thing.body.tags } : {}) };
}

function isVisible({ visible }: Stored): boolean {
  return visible <= Date.now();
}

/** As the real list: ids with the group in capitals, disks included. */
function resourcesIn(world: World, filter: string | null): { id: string }[] {
  const part = filter === null ? '' : /^substringof\('([^']+)', name\)$/.exec(filter)?.[1];
  if (part === undefined) throw new Refusal(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}'.`);
  return listed(world)
    .filter((thing) => thing.type !== GROUP && thing.name.includes(part))
    .map((thing) => ({
      id: thing.id.replace(`/${thing.group}/`, `/${thing.group.toUpperCase()}/`),
      name: thing.name,
      type: thing.type,
      ...(thing.body.location === undefined ? {} : { location: thing.body.location }),
      ...(thing.body.tags ? { tags: thing.body.tags } : {}),
    }));
}

const PAGE = 30;

/** One page of a list; the server makes a link to the next of it. */
function page(all: readonly object[], query: URLSearchParams): Answer {
  const from = Number(query.get('$skiptoken') ?? 0);
  const next = from + PAGE < all.length ? { nextLink: String(from + PAGE) } : {};
  return { status: 200, body: { value: all.slice(from, from + PAGE), ...next } };
}

function imageList(names: Asked['names'], what: 'offer' | 'sku'): Answer {
  const found = IMAGES.filter(
    ({ publisher, offer }) => publisher === names.publishers && (what === 'offer' || offer === names.offers),
  );
  if (found.length === 0) throw new Refusal(404, 'NotFound', 'Artifact: VMImage was not found.');
  return {
    status: 200,
    body: [...new Set(found.map((image) => image[what]))].map((name) => ({ name, location: names.locations })),
  };
}

function imageFor(names: Asked['names']) {
  const { publishers, offers, skus } = names;
  const found = IMAGES.find(
    ({ publisher, offer, sku }) => publisher === publishers && offer === offers && sku === skus,
  );
  if (found) return found;
  throw new Refusal(404, 'NotFound', `Artifact: VMImage ${publishers}:${offers}:${skus} was not found.`);
}

function provider(): object {
  return {
    id: '/subscriptions/0/providers/Microsoft.Compute',
    namespace: 'Microsoft.Compute',
    registrationState: 'Registered',
    resourceTypes: [
      { resourceType: 'virtualMachines', locations: Object.values(LOCATIONS).map(({ display }) => display) },
    ],
  };
}
