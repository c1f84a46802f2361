import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { IMAGES, REGIONS, SIZES } from './catalog.ts';
import { type Action, newId, type Thing, type World } from './world.ts';

export function dropletHandlers(world: World): Handlers {
  return {
    'POST /v2/droplets': ({ body }) => create(world, body),
    'DELETE /v2/droplets/{droplet_id}': ({ path }) => {
      const droplet = world.get('droplets', path.droplet_id);
      world.begin('destroy', droplet, () => forget(world, droplet));
      return { status: 204 };
    },
    'POST /v2/droplets/{droplet_id}/actions': (ask) => act(world, ask),
    'GET /v2/actions/{action_id}': ({ path }) => {
      const action = world.actions.get(Number(path.action_id));
      if (!action) throw new Refusal(404, 'not_found', 'The resource you were accessing could not be found.');
      return { status: 200, body: { action } };
    },
  };
}

/** A machine that switched itself off is off. */
export async function refresh(world: World): Promise<void> {
  for (const droplet of world.all('droplets')) {
    const guest = world.machines.get(droplet.id);
    if (droplet.status === 'active' && guest && !(await guest.isRunning())) droplet.status = 'off';
  }
}

/** As the API shows it. */
export function shown({ busy, ...droplet }: Thing): Thing {
  return { ...droplet, locked: busy === true };
}

interface Wanted {
  readonly name: string;
  readonly region?: string;
  readonly size: string;
  readonly image: string | number;
  readonly ssh_keys?: readonly (string | number)[];
  readonly user_data?: string;
  readonly tags?: readonly string[];
  readonly ipv6?: boolean;
  readonly vpc_uuid?: string;
  readonly public_networking?: boolean;
}

function create(world: World, body: Wanted): Reply {
  const size = SIZES.find(({ slug }) => slug === body.size);
  const image = IMAGES.find(({ id, slug }) => slug === body.image || id === body.image);
  const region = REGIONS.find(({ slug }) => slug === (body.region ?? 'nyc3'));
  if (!size || !image || !region?.available || !size.regions.includes(region.slug))
    throw unprocessable('It is not to be had');
  if (image.min_disk_size > size.disk) throw unprocessable('The image needs a larger disk');
  if (world.exhausted.has(`${size.slug} ${region.slug}`)) throw unprocessable('Size is not available in this region.');
  if (world.all('droplets').length >= world.limit) throw unprocessable('This would exceed your droplet limit');
  if (Buffer.byteLength(body.user_data ?? '') > 65_536) throw unprocessable('user_data is too large');
  for (const key of body.ssh_keys ?? []) world.get('ssh_keys', key);
  const vpc = body.vpc_uuid === undefined ? undefined : world.get('vpcs', body.vpc_uuid);
  if (vpc && vpc.region !== region.slug) throw unprocessable('The VPC is in another region');
  for (const name of body.tags ?? []) {
    if (!world.all('tags').some((tag) => tag.name === name)) world.add('tags', { name });
  }
  const droplet = world.add('droplets', {
    id: newId(),
    name: body.name,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: size.disk,
    status: 'new',
    kernel: null,
    created_at: new Date().toISOString(),
    features: [],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image,
    volume_ids: [],
    size,
    size_slug: size.slug,
    networks: { v4: [], v6: [] },
    region,
    tags: [...(body.tags ?? [])],
    ...(vpc ? { vpc_uuid: vpc.id } : {}),
  });
  const action = world.begin('create', droplet, async () => {
    if (world.doomed) return world.drop('droplets', droplet);
    connect(droplet, body);
    const guest = await world.guests?.(body.user_data ?? '', addressesOf(droplet));
    if (guest) world.machines.set(droplet.id, guest);
    droplet.status = 'active';
  });
  const link = { id: action.id, rel: 'create', href: `https://api.digitalocean.com/v2/actions/${action.id}` };
  return { status: 202, body: { droplet: shown(droplet), links: { actions: [link] } } };
}

/** Addresses are there only once it is made, and stay. */
function connect(droplet: Thing, { ipv6 = false, public_networking = true }: Wanted): void {
  const v4 = (type: string) => ({ ip_address: nextAddress(), netmask: '255.0.0.0', gateway: '127.0.0.1', type });
  droplet.networks = {
    v4: [...(public_networking ? [v4('public')] : []), v4('private')],
    v6: ipv6
      ? [{ ip_address: '2604:a880:800:14::42c3:d000', netmask: 64, gateway: '2604:a880:800:14::1', type: 'public' }]
      : [],
  };
}

function addressesOf({ networks }: Thing): string[] {
  return networks.v4.map((each: { ip_address: string }) => each.ip_address);
}

const NET = 64 + (process.pid % 128);
let given = 0;

/** An address of this computer that nobody else has: 127.N.x.y. */
export function nextAddress(): string {
  given += 1;
  return `127.${NET}.${150 + (given >> 8)}.${given & 255}`;
}

function act(world: World, { path, body }: Ask): Reply {
  const droplet = world.get('droplets', path.droplet_id);
  const works: Readonly<Record<string, () => Promise<void>>> = {
    power_on: async () => {
      if (droplet.status === 'active') throw new Error('it is on');
      await world.machines.get(droplet.id)?.start(addressesOf(droplet));
      droplet.status = 'active';
    },
    power_off: () => off(world, droplet),
    shutdown: () => off(world, droplet),
    reboot: async () => {
      await off(world, droplet);
      await world.machines.get(droplet.id)?.start(addressesOf(droplet));
      droplet.status = 'active';
    },
  };
  const work = works[body.type];
  if (!work) throw unprocessable('This server does not do that');
  const action: Action = world.begin(body.type, droplet, work);
  return { status: 201, body: { action } };
}

async function off(world: World, droplet: Thing): Promise<void> {
  await world.machines.get(droplet.id)?.stop();
  droplet.status = 'off';
}

export async function forget(world: World, droplet: Thing): Promise<void> {
  await world.machines.get(droplet.id)?.remove();
  world.machines.delete(droplet.id);
  for (const address of world.all('reserved_ips')) if (address.droplet?.id === droplet.id) address.droplet = null;
  world.drop('droplets', droplet);
}

function unprocessable(message: string): Refusal {
  return new Refusal(422, 'unprocessable_entity', message);
}
