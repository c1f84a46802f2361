import { newGuest } from '../guests.ts';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { recorded } from './definitions.ts';
import { newId, type Thing, type World } from './world.ts';

const SERVICE = '/SoftLayer_Virtual_Guest';
const ONE = `${SERVICE}/{SoftLayer_Virtual_GuestID}`;

export function guestHandlers(world: World): Handlers {
  const guestOf = ({ path }: Ask) => world.get('virtualGuests', path.SoftLayer_Virtual_GuestID);
  const power = (work: (guest: Thing) => Promise<void>) => (ask: Ask) => {
    const guest = guestOf(ask);
    world.begin(guest, () => work(guest));
    return done(true);
  };
  const off = async (guest: Thing) => {
    await world.machines.get(guest.id)?.stop();
    guest.powerState = { keyName: 'HALTED', name: 'Halted' };
  };
  const on = async (guest: Thing) => {
    await world.machines.get(guest.id)?.start(addressesOf(guest));
    guest.powerState = { keyName: 'RUNNING', name: 'Running' };
  };
  return {
    [`GET ${SERVICE}/getCreateObjectOptions`]: () => done(optionsOffered()),
    [`POST ${SERVICE}/createObject`]: ({ body }) => done(create(world, body.parameters[0])),
    [`GET ${ONE}/getObject`]: async (ask) => {
      await refresh(world);
      return done(guestOf(ask));
    },
    [`GET ${ONE}/deleteObject`]: (ask) => {
      const guest = guestOf(ask);
      world.begin(guest, () => forget(world, guest));
      return done(true);
    },
    [`POST ${ONE}/setTags`]: (ask) => {
      const names = String(ask.body.parameters[0]).split(',');
      const strange = names.find((name) => !/^[\w .:-]+$/.test(name));
      if (strange !== undefined) throw new Refusal(500, 'SoftLayer_Exception_InvalidValue', `no tag: ${strange}`);
      guestOf(ask).tagReferences = names.map((name) => ({ tag: { name } }));
      return done(true);
    },
    [`POST ${ONE}/editObject`]: (ask) => {
      Object.assign(guestOf(ask), ask.body.parameters[0]);
      return done(true);
    },
    [`GET ${ONE}/powerOn`]: power(on),
    [`GET ${ONE}/powerOff`]: power(off),
    [`GET ${ONE}/powerOffSoft`]: power(off),
    [`GET ${ONE}/rebootDefault`]: power(async (guest) => {
      await off(guest);
      await on(guest);
    }),
  };
}

export function done(body: unknown): Reply {
  return { status: 200, body };
}

/** As recorded, with data centres and speeds of today. */
function optionsOffered(): Thing {
  const options = recorded('SoftLayer_Virtual_Guest', 'getCreateObjectOptions');
  options.datacenters.push(...['dal13', 'wdc07'].map((name) => ({ template: { datacenter: { name } } })));
  return options;
}

/** A machine that switched itself off is off. */
export async function refresh(world: World): Promise<void> {
  for (const guest of world.all('virtualGuests')) {
    const machine = world.machines.get(guest.id);
    if (
      guest.powerState?.keyName === 'RUNNING' &&
      machine &&
      !guest.activeTransaction &&
      !(await machine.isRunning())
    ) {
      guest.powerState = { keyName: 'HALTED', name: 'Halted' };
    }
  }
}

function create(world: World, template: Thing): Thing {
  const { datacenter, hostname, domain, sshKeys = [], userData = [], privateNetworkOnlyFlag = false } = template;
  const known = optionsOffered().datacenters.map((each: Thing) => each.template.datacenter.name);
  if (!known.includes(datacenter.name)) throw new Refusal(500, 'SoftLayer_Exception_InvalidValue', 'datacenter');
  if (world.exhausted.has(datacenter.name)) {
    throw new Refusal(500, 'SoftLayer_Exception_Order_InsufficientCapacity', 'There is no capacity left.');
  }
  const { operatingSystemReferenceCode: system, blockDeviceTemplateGroup: image } = template;
  if ((system === undefined) === (image === undefined)) {
    throw new Refusal(500, 'SoftLayer_Exception_MissingCreationProperty', 'operatingSystemReferenceCode');
  }
  for (const { id } of sshKeys) world.get('sshKeys', id);
  const components = [template.primaryNetworkComponent, template.primaryBackendNetworkComponent];
  const groups = components.flatMap((each) => each?.securityGroupBindings ?? []);
  for (const { securityGroup } of groups) world.get('securityGroups', securityGroup.id);
  const sample = recorded('SoftLayer_Virtual_Guest', 'createObject');
  const guest: Thing = world.add('virtualGuests', {
    id: newId(),
    globalIdentifier: sample.globalIdentifier,
    hostname,
    domain,
    fullyQualifiedDomainName: `${hostname}.${domain}`,
    maxCpu: template.startCpus,
    maxMemory: template.maxMemory,
    hourlyBillingFlag: template.hourlyBillingFlag,
    status: sample.status,
    datacenter: { ...sample.datacenter, name: datacenter.name },
    tagReferences: [],
  });
  guarded.set(
    guest,
    groups.map(({ securityGroup }) => securityGroup.id),
  );
  world.begin(guest, async () => {
    const open = privateNetworkOnlyFlag ? {} : { primaryIpAddress: nextAddress() };
    Object.assign(guest, open, { primaryBackendIpAddress: nextAddress() });
    if (world.guests) world.machines.set(guest.id, await newGuest(userData[0]?.value ?? '', addressesOf(guest)));
    Object.assign(guest, { provisionDate: new Date().toISOString(), powerState: sample.powerState });
  });
  return { ...guest };
}

const guarded = new WeakMap<Thing, readonly number[]>();

/** Whether a virtual server is behind it. */
export function isGuarding(world: World, group: Thing): boolean {
  return world.all('virtualGuests').some((guest) => guarded.get(guest)?.includes(group.id));
}

function addressesOf({ primaryIpAddress, primaryBackendIpAddress }: Thing): string[] {
  return [primaryIpAddress, primaryBackendIpAddress].filter((address) => address !== undefined);
}

const NET = 64 + (process.pid % 128);
let given = 0;

/** An address of this computer that nobody else has: 127.N.x.y. */
function nextAddress(): string {
  given += 1;
  return `127.${NET}.${210 + (given >> 8)}.${given & 255}`;
}

export async function forget(world: World, guest: Thing): Promise<void> {
  await world.machines.get(guest.id)?.remove();
  world.machines.delete(guest.id);
  world.drop('virtualGuests', guest);
}
