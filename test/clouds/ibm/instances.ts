import { randomUUID } from 'node:crypto';
import { newGuest } from '../guests.ts';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { images, profiles } from './catalog.ts';
import { newId, type Thing, type World } from './world.ts';

export function instanceHandlers(world: World): Handlers {
  return {
    'POST /v1/instances': ({ body }) => ({ status: 201, body: create(world, body) }),
    'DELETE /v1/instances/{id}': ({ path }) => {
      const instance = world.get('instances', path.id);
      if (['pending', 'starting'].includes(instance.status)) throw busy('The instance is being provisioned');
      if (instance.status !== 'deleting') world.later(() => forget(world, instance));
      instance.status = 'deleting';
      return { status: 204 };
    },
    'POST /v1/instances/{instance_id}/actions': (ask) => act(world, ask),
  };
}

/** A machine that switched itself off is off. */
export async function refresh(world: World): Promise<void> {
  for (const instance of world.all('instances')) {
    const guest = world.machines.get(instance.id);
    if (instance.status === 'running' && guest && !(await guest.isRunning())) instance.status = 'stopped';
  }
}

function create(world: World, body: Thing): Thing {
  const profile = profiles(world).find(({ name }) => name === body.profile.name);
  const image = images(world).find(({ id }) => id === body.image.id);
  const { primary_network_interface: nic, boot_volume_attachment: boot } = body;
  const subnet = world.get('subnets', nic.subnet.id);
  if (!profile || !image) throw new Refusal(400, 'bad_field', 'No such profile or image');
  if (subnet.zone.name !== body.zone.name) throw new Refusal(400, 'bad_field', 'The subnet is in another zone');
  if (Buffer.byteLength(body.user_data ?? '') > 65_536) throw new Refusal(400, 'bad_field', 'user_data is too long');
  if (world.all('instances').length >= world.quota)
    throw new Refusal(400, 'over_quota', 'Quota exceeded for instances');
  for (const { id } of body.keys) world.get('keys', id);
  const groups = nic.security_groups.map(({ id }: Thing) => world.get('security_groups', id));
  for (const { vpc } of groups) {
    if (vpc.id !== subnet.vpc.id) throw new Refusal(400, 'security_group_not_in_vpc', 'They are in different VPCs');
  }
  const id = newId('0717');
  const address = nextAddress();
  const instance = world.add('instances', {
    id,
    name: body.name,
    status: 'pending',
    status_reasons: [],
    zone: reference(body.zone.name),
    profile: world.filled('InstanceProfileReference', { name: profile.name }),
    vpc: world.filled('VPCReference', { id: subnet.vpc.id, name: subnet.vpc.name }),
    image: world.filled('ImageReference', { id: image.id, name: image.name }),
    primary_network_interface: world.filled('NetworkInterfaceInstanceContextReference', {
      id: newId('0717'),
      name: 'primary',
      primary_ip: world.filled('ReservedIPReference', { address }),
    }),
  });
  const { name, user_tags = [], capacity = image.minimum_provisioned_size } = boot.volume;
  world.add('volumes', { id: newId(), name: name ?? newId(), user_tags, capacity, zone: instance.zone });
  hidden.set(instance, { groups, address, public: nextAddress(), disk: name });
  world.later(async () => {
    if (world.exhausted.has(`${profile.name} ${body.zone.name}`)) return fail(instance);
    if (world.guests) world.machines.set(id, await newGuest(body.user_data ?? '', addressesOf(instance)));
    instance.status = 'running';
  });
  return world.filled('Instance', { ...instance });
}

function fail(instance: Thing): void {
  const message = 'Insufficient capacity within the selected zone';
  Object.assign(instance, { status: 'failed', status_reasons: [{ code: 'cannot_start_capacity', message }] });
}

/** What the API shows elsewhere, or not at all. */
interface Hidden {
  readonly groups: readonly Thing[];
  readonly address: string;
  /** That a floating address will have which is bound to it. */
  readonly public: string;
  readonly disk: string;
}

const hidden = new WeakMap<Thing, Hidden>();

export function publicAddressOf(instance: Thing): string {
  return (hidden.get(instance) as Hidden).public;
}

function addressesOf(instance: Thing): string[] {
  const { address, public: open } = hidden.get(instance) as Hidden;
  return [open, address];
}

function reference(name: string): Thing {
  return { name, href: `https://us-south.iaas.cloud.ibm.com/v1/regions/us-south/zones/${name}` };
}

/** Its instance's only one. */
export function interfaceOf(world: World, instance: Thing, id: string | undefined): Thing {
  const { primary_network_interface: nic } = instance;
  if (nic.id !== id) throw new Refusal(404, 'not_found', 'No such network interface');
  const bound = world.all('floating_ips').filter(({ target }) => target?.id === id);
  return world.filled('NetworkInterface', {
    id,
    name: nic.name,
    primary_ip: nic.primary_ip,
    floating_ips: bound.map((each) =>
      world.filled('FloatingIPReference', { id: each.id, name: each.name, address: each.address }),
    ),
  });
}

const NET = 64 + (process.pid % 128);
let given = 0;

/** An address of this computer that nobody else has: 127.N.x.y. */
export function nextAddress(): string {
  given += 1;
  return `127.${NET}.${180 + (given >> 8)}.${given & 255}`;
}

function act(world: World, { path, body }: Ask): Reply {
  const instance = world.get('instances', path.instance_id);
  const { status } = instance;
  const may = { start: ['stopped'], stop: ['running', 'starting'], reboot: ['running'] }[body.type as string];
  if (!may) throw new Refusal(400, 'bad_field', 'No such action');
  if (!may.includes(status)) throw busy(`The instance is ${status}`);
  const guest = () => world.machines.get(instance.id);
  if (body.type === 'start') {
    instance.status = 'starting';
    world.later(async () => {
      await guest()?.start(addressesOf(instance));
      instance.status = 'running';
    });
  } else if (body.type === 'stop') {
    instance.status = 'stopping';
    world.later(async () => {
      await guest()?.stop();
      instance.status = 'stopped';
    });
  } else {
    instance.status = 'restarting';
    world.later(async () => {
      await guest()?.stop();
      await guest()?.start(addressesOf(instance));
      instance.status = 'running';
    });
  }
  const action = { id: randomUUID(), status: 'running', type: body.type, created_at: new Date().toISOString() };
  return { status: 201, body: world.filled('InstanceAction', action) };
}

function busy(message: string): Refusal {
  return new Refusal(409, 'conflict', message);
}

/** With its disk; addresses are free again. */
export async function forget(world: World, instance: Thing): Promise<void> {
  await world.machines.get(instance.id)?.remove();
  world.machines.delete(instance.id);
  for (const address of world.all('floating_ips')) {
    if (address.target?.id === instance.primary_network_interface.id) delete address.target;
  }
  const disk = world.all('volumes').find(({ name }) => name === hidden.get(instance)?.disk);
  if (disk) world.drop('volumes', disk);
  world.drop('instances', instance);
}

/** Whether an instance is behind it. */
export function isGuarding(world: World, group: Thing): boolean {
  return world.all('instances').some((instance) => hidden.get(instance)?.groups.includes(group));
}
