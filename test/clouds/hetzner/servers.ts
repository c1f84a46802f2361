import { gunzipSync } from 'node:zlib';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { IMAGES, LOCATIONS, TYPES } from './catalog.ts';
import { refuseBeyond, refuseTwice, refuseWrongLabels } from './networking.ts';
import { type Action, newId, type Thing, type World } from './world.ts';

/** Servers, and what is done to them. */
export function serverHandlers(worldOf: (ask: Ask) => World): Handlers {
  const act = (command: string, work: (world: World, server: Thing) => Promise<void>) => (ask: Ask) => {
    const world = worldOf(ask);
    const server = world.get('servers', ask.path.id ?? '');
    refuseLocked(server);
    return { status: 201, body: { action: locking(world, server, command, () => work(world, server)) } };
  };
  return {
    'POST /servers': (ask) => create(worldOf(ask), ask.body),
    'DELETE /servers/{id}': (ask) => remove(worldOf(ask), ask.path.id ?? ''),
    'PUT /servers/{id}': (ask) => {
      const server = worldOf(ask).get('servers', ask.path.id ?? '');
      refuseWrongLabels(ask.body.labels);
      Object.assign(server, ask.body);
      return { status: 200, body: { server } };
    },
    'POST /servers/{id}/actions/poweron': act('start_server', on),
    'POST /servers/{id}/actions/poweroff': act('stop_server', off),
    'POST /servers/{id}/actions/shutdown': act('shutdown_server', async (world, server) => void off(world, server)),
    'POST /servers/{id}/actions/reboot': act('reboot_server', async (world, server) => {
      if (server.status !== 'running') return;
      await world.machines.get(server.id)?.stop();
      await on(world, { ...server, status: 'off' } as Thing);
    }),
  };
}

/** A machine that switched itself off is off. */
export async function refresh(world: World): Promise<void> {
  for (const server of world.all('servers')) {
    const guest = world.machines.get(server.id);
    if (server.status === 'running' && guest && !(await guest.isRunning())) server.status = 'off';
  }
}

/** What somebody with the console does to a server: removes it at once. */
export async function vanish(world: World, server: Thing): Promise<void> {
  await forget(world, server);
}

/** One thing at a time is done to a server. */
function locking(world: World, server: Thing, command: string, work: () => Promise<void>): Action {
  server.locked = true;
  return world.begin(command, [['servers', server]], async () => {
    try {
      await work();
    } finally {
      server.locked = false;
    }
  });
}

function refuseLocked(server: Thing): void {
  if (server.locked) throw new Refusal(423, 'locked', 'server is locked');
}

interface Wanted {
  readonly name: string;
  readonly server_type: string | number;
  readonly image: string | number;
  readonly location?: string | number;
  readonly ssh_keys?: readonly (string | number)[];
  readonly user_data?: string;
  readonly labels?: Record<string, string>;
  readonly networks?: readonly number[];
  readonly volumes?: readonly number[];
  readonly firewalls?: readonly { readonly firewall: number }[];
  readonly placement_group?: number;
  readonly public_net?: {
    readonly enable_ipv4?: boolean;
    readonly enable_ipv6?: boolean;
    readonly ipv4?: number | null;
    readonly ipv6?: number | null;
  };
}

function create(world: World, body: Wanted): Reply {
  refuseTwice(world, 'servers', body.name);
  refuseBeyond(world, 'servers');
  refuseWrongLabels(body.labels);
  if (!/^(?=.{1,63}$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(body.name)) throw invalid('name');
  if (Buffer.byteLength(body.user_data ?? '') > 32_768) throw invalid('user_data');
  const server = serverOf(world, body);
  const actions = server.locked ? [] : starting(world, server, body.user_data ?? '');
  const [action, ...next_actions] = actions;
  const root_password = (body.ssh_keys ?? []).length > 0 ? null : 'YItygq1v3GYjjMomLaKc';
  return { status: 201, body: { server: { ...server }, action: { ...action }, next_actions, root_password } };
}

function starting(world: World, server: Thing, userData: string): Action[] {
  let made: () => void = () => undefined;
  const isMade = new Promise<void>((resolve) => {
    made = resolve;
  });
  server.locked = true;
  const creation = world.begin('create_server', [['servers', server]], async () => {
    const guest = await world.guests?.(documentIn(userData), addressesOf(server));
    if (guest) world.machines.set(server.id, guest);
    server.status = 'off';
    made();
  });
  const start = world.begin('start_server', [['servers', server]], async () => {
    await isMade;
    server.status = 'starting';
    server.locked = false;
    server.status = 'running';
  });
  return [creation, start];
}

/** As cloud-init reads it here. */
function documentIn(userData: string): string {
  if (/^[#C]/.test(userData)) return userData;
  return gunzipSync(Buffer.from(userData, 'base64')).toString();
}

function serverOf(world: World, body: Wanted): Thing {
  const type = TYPES.find(({ id, name }) => [String(id), name].includes(String(body.server_type)));
  const image = IMAGES.find(({ id, name }) => String(id) === String(body.image) || (name === body.image && true));
  const location = LOCATIONS.find(({ id, name }) => [String(id), name].includes(String(body.location ?? 'fsn1')));
  if (!type || !image || !location) throw invalid('server_type, image or location');
  if (image.architecture !== type.architecture) throw invalid('image');
  if (image.disk_size > type.disk) throw invalid('image');
  if (!type.locations.some(({ name }) => name === location.name)) {
    throw new Refusal(400, 'invalid_input', `unsupported location for server type`);
  }
  if (world.exhausted.has(`${type.name} ${location.name}`)) {
    throw new Refusal(412, 'resource_unavailable', 'error during placement');
  }
  for (const key of body.ssh_keys ?? []) {
    const known = world.all('ssh_keys').some(({ id, name }) => [String(id), name].includes(String(key)));
    if (!known) throw new Refusal(404, 'not_found', `SSH key '${key}' not found`);
  }
  const public_net = publicNet(world, body, location.name);
  const groups = body.placement_group === undefined ? null : world.get('placement_groups', body.placement_group);
  const networks = (body.networks ?? []).map((id) => world.get('networks', id));
  for (const { subnets } of networks) {
    const fits = subnets.some(({ network_zone }: { network_zone: string }) => network_zone === location.network_zone);
    if (!fits) throw new Refusal(400, 'no_subnet_available', 'network has no subnet in the zone');
  }
  const volumes = (body.volumes ?? []).map((id) => world.get('volumes', id));
  if (volumes.some((volume) => volume.location.name !== location.name)) throw invalid('volumes');
  const server = world.add('servers', {
    name: body.name,
    status: 'initializing',
    public_net,
    private_net: networks.map(({ id }) => ({
      network: id,
      ip: nextAddress(),
      alias_ips: [],
      mac_address: '86:00:ff:2a:7d:e1',
    })),
    server_type: type,
    datacenter: datacenter(location),
    location,
    image,
    iso: null,
    rescue_enabled: false,
    locked: false,
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 21_990_232_555_520,
    protection: { delete: false, rebuild: false },
    labels: body.labels ?? {},
    volumes: volumes.map(({ id }) => id),
    load_balancers: [],
    primary_disk_size: type.disk,
    placement_group: groups,
  });
  for (const { id } of public_net.firewalls) {
    world.get('firewalls', id).applied_to.push({ type: 'server', server: { id: server.id } });
  }
  for (const network of networks) network.servers.push(server.id);
  groups?.servers.push(server.id);
  for (const volume of volumes) volume.server = server.id;
  for (const ip of [public_net.ipv4, public_net.ipv6]) {
    if (ip) Object.assign(world.get('primary_ips', ip.id), { assignee_id: server.id });
  }
  return server;
}

export function datacenter(location: (typeof LOCATIONS)[number]) {
  const ids = TYPES.map(({ id }) => id);
  return {
    id: location.id,
    name: `${location.name}-dc1`,
    description: `${location.city} 1 virtual DC 1`,
    location,
    server_types: { supported: ids, available: ids, available_for_migration: ids },
  };
}

function publicNet(world: World, { name, public_net = {}, firewalls = [] }: Wanted, location: string) {
  const { enable_ipv4 = true, enable_ipv6 = true } = public_net;
  if (!enable_ipv4 && !enable_ipv6 && firewalls.length > 0) {
    throw new Refusal(422, 'private_net_only_server', 'server has no public interface');
  }
  const ip = (type: 'ipv4' | 'ipv6', id: number | null | undefined) => {
    const kept = id ? world.get('primary_ips', id) : passingIp(world, `${name}-${type}`, type, location);
    if (kept.assignee_id !== null) throw new Refusal(409, 'primary_ip_assigned', 'primary IP is assigned');
    if (kept.location.name !== location) throw new Refusal(400, 'primary_ip_datacenter_mismatch', 'it is elsewhere');
    return { id: kept.id, ip: kept.ip, blocked: false };
  };
  return {
    ipv4: enable_ipv4 ? { ...ip('ipv4', public_net.ipv4), dns_ptr: 'static.example' } : null,
    ipv6: enable_ipv6 ? { ...ip('ipv6', public_net.ipv6), dns_ptr: [] } : null,
    floating_ips: [],
    firewalls: firewalls.map(({ firewall }) => ({ id: world.get('firewalls', firewall).id, status: 'applied' })),
  };
}

/** One that comes and goes with its server. */
function passingIp(world: World, name: string, type: 'ipv4' | 'ipv6', location: string): Thing {
  return world.add('primary_ips', primaryIp(name, type, location, true));
}

export function primaryIp(name: string, type: 'ipv4' | 'ipv6', place: string, auto_delete: boolean) {
  const location = LOCATIONS.find((each) => each.name === place) as (typeof LOCATIONS)[number];
  return {
    name: `primary-${name}`,
    type,
    ip: type === 'ipv4' ? nextAddress() : `2001:db8:${newId().toString(16).slice(-4)}::/64`,
    assignee_id: null,
    assignee_type: 'server',
    auto_delete,
    blocked: false,
    dns_ptr: [],
    protection: { delete: false },
    datacenter: datacenter(location),
    location,
  };
}

async function on(world: World, server: Thing): Promise<void> {
  const kept = world.all('servers').find(({ id }) => id === server.id) ?? server;
  if (server.status === 'running') return;
  await world.machines.get(server.id)?.start(addressesOf(server));
  kept.status = 'running';
}

async function off(world: World, server: Thing): Promise<void> {
  if (server.status === 'off') return;
  server.status = 'stopping';
  await world.machines.get(server.id)?.stop();
  await new Promise((resolve) => setTimeout(resolve, world.pace.step));
  server.status = 'off';
}

function remove(world: World, id: string): Reply {
  const server = world.get('servers', id);
  refuseLocked(server);
  if (server.protection.delete) throw new Refusal(403, 'protected', 'server is protected');
  server.status = 'deleting';
  const action = locking(world, server, 'delete_server', () => forget(world, server));
  return { status: 200, body: { action } };
}

async function forget(world: World, server: Thing): Promise<void> {
  await world.machines.get(server.id)?.remove();
  world.machines.delete(server.id);
  for (const firewall of world.all('firewalls')) {
    firewall.applied_to = firewall.applied_to.filter(
      (each: { server: { id: number } }) => each.server.id !== server.id,
    );
  }
  for (const group of [...world.all('networks'), ...world.all('placement_groups')]) {
    group.servers = group.servers.filter((each: number) => each !== server.id);
  }
  for (const volume of world.all('volumes')) if (volume.server === server.id) volume.server = null;
  for (const ip of world.all('primary_ips')) {
    if (ip.assignee_id !== server.id) continue;
    if (ip.auto_delete) world.drop('primary_ips', ip);
    else ip.assignee_id = null;
  }
  world.drop('servers', server);
}

function addressesOf({ public_net, private_net }: Thing): string[] {
  const closed = private_net.map(({ ip }: { ip: string }) => ip);
  return public_net.ipv4 ? [public_net.ipv4.ip, ...closed] : closed;
}

const NET = 64 + (process.pid % 128);
let given = 0;

/** An address of this computer that nobody else has: 127.N.x.y. */
function nextAddress(): string {
  given += 1;
  return `127.${NET}.${100 + (given >> 8)}.${given & 255}`;
}

function invalid(what: string): Refusal {
  return new Refusal(422, 'invalid_input', `invalid input in field '${what}'`);
}
