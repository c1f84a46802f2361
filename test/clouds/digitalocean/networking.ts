import { createHash, randomUUID } from 'node:crypto';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { REGIONS } from './catalog.ts';
import { nextAddress, shown } from './droplets.ts';
import { newId, type Thing, type World } from './world.ts';

/** Keys, networks, tags, firewalls and reserved addresses. */
export function networking(world: World): Handlers {
  const drop =
    (kind: Parameters<World['get']>[0], parameter: string, mayGo: (thing: Thing) => void = () => undefined) =>
    ({ path }: Ask): Reply => {
      const thing = world.get(kind, path[parameter]);
      mayGo(thing);
      world.drop(kind, thing);
      return { status: 204 };
    };
  return {
    'POST /v2/account/keys': ({ body }) => ({ status: 201, body: { ssh_key: makeKey(world, body) } }),
    'DELETE /v2/account/keys/{ssh_key_identifier}': drop('ssh_keys', 'ssh_key_identifier'),
    'POST /v2/vpcs': ({ body }) => ({ status: 201, body: { vpc: makeVpc(world, body) } }),
    'DELETE /v2/vpcs/{vpc_id}': drop('vpcs', 'vpc_id', ({ id }) => {
      if (!world.all('droplets').some((droplet) => droplet.vpc_uuid === id)) return;
      throw new Refusal(409, 'conflict', 'Can not delete VPC with members');
    }),
    'POST /v2/tags': ({ body: { name } }) => {
      const known = world.all('tags').find((tag) => tag.name === name) ?? world.add('tags', { name });
      return { status: 201, body: { tag: shownTag(world, known) } };
    },
    'DELETE /v2/tags/{tag_id}': drop('tags', 'tag_id', ({ name }) => {
      for (const thing of [...world.all('droplets'), ...world.all('firewalls')]) {
        thing.tags = thing.tags.filter((tag: string) => tag !== name);
      }
    }),
    'POST /v2/tags/{tag_id}/resources': ({ path, body }) => {
      const tag = world.get('tags', path.tag_id);
      for (const { resource_id } of body.resources) {
        const { tags } = world.get('droplets', resource_id);
        if (!tags.includes(tag.name)) tags.push(tag.name);
      }
      return { status: 204 };
    },
    'POST /v2/firewalls': ({ body }) => ({ status: 202, body: { firewall: makeFirewall(world, body) } }),
    'PUT /v2/firewalls/{firewall_id}': ({ path, body }) => {
      const firewall = world.get('firewalls', path.firewall_id);
      checkRules(world, body);
      Object.assign(firewall, { tags: [], droplet_ids: [], ...body });
      return { status: 200, body: { firewall } };
    },
    'DELETE /v2/firewalls/{firewall_id}': drop('firewalls', 'firewall_id'),
    'POST /v2/reserved_ips': ({ body }) => {
      const made = makeAddress(world, body);
      return { status: 202, body: { reserved_ip: { ...made, droplet: shown(made.droplet) } } };
    },
    'DELETE /v2/reserved_ips/{reserved_ip}': drop('reserved_ips', 'reserved_ip', ({ droplet }) => {
      if (droplet) throw new Refusal(422, 'unprocessable_entity', 'The address is assigned');
    }),
    'POST /v2/reserved_ips/{reserved_ip}/actions': ({ path, body }) => {
      const address = world.get('reserved_ips', path.reserved_ip);
      address.droplet = body.type === 'assign' ? ready(world, body.droplet_id) : null;
      const status = 'completed';
      const at = new Date().toISOString();
      const action = { id: newId(), status, type: `${body.type}_ip`, started_at: at, completed_at: at };
      return { status: 201, body: { action } };
    },
  };
}

export function shownTag(world: World, { name }: Thing): Thing {
  const droplets = world.all('droplets').filter(({ tags }) => tags.includes(name));
  return { name, resources: { count: droplets.length, droplets: { count: droplets.length } } };
}

function makeKey(world: World, body: Thing): Thing {
  const [, data = ''] = String(body.public_key).split(' ');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length < 32) throw new Refusal(422, 'unprocessable_entity', 'Key invalid');
  const fingerprint = createHash('md5').update(bytes).digest('hex').match(/../g)?.join(':') ?? '';
  if (world.all('ssh_keys').some((key) => key.fingerprint === fingerprint)) {
    throw new Refusal(422, 'unprocessable_entity', 'SSH Key is already in use on your account');
  }
  return world.add('ssh_keys', { id: newId(), fingerprint, ...body });
}

function makeVpc(world: World, body: Thing): Thing {
  if (!REGIONS.some(({ slug }) => slug === body.region)) throw new Refusal(422, 'unprocessable_entity', 'region');
  if (world.all('vpcs').some(({ name }) => name === body.name)) throw new Refusal(409, 'conflict', 'name is taken');
  const id = randomUUID();
  const at = new Date().toISOString();
  const vpc = { id, urn: `do:vpc:${id}`, ip_range: '10.116.0.0/20', default: false, description: '', created_at: at };
  return world.add('vpcs', { ...vpc, ...body });
}

function makeFirewall(world: World, body: Thing): Thing {
  if (world.all('firewalls').some(({ name }) => name === body.name))
    throw new Refusal(409, 'conflict', 'duplicate name');
  checkRules(world, body);
  const made = { id: randomUUID(), status: 'succeeded', created_at: new Date().toISOString(), pending_changes: [] };
  return world.add('firewalls', { ...made, droplet_ids: [], tags: [], ...body });
}

/** What the real one checks: tags that there are, and somebody to let in. */
function checkRules(world: World, { tags = [], inbound_rules = [] }: Thing): void {
  for (const tag of tags) {
    if (!world.all('tags').some(({ name }) => name === tag))
      throw new Refusal(422, 'unprocessable_entity', `no tag ${tag}`);
  }
  if (tags.length > 5) throw new Refusal(422, 'unprocessable_entity', 'too many tags');
  for (const { sources } of inbound_rules) {
    const addresses: readonly string[] = sources.addresses ?? [];
    if (addresses.length === 0) throw new Refusal(422, 'unprocessable_entity', 'a rule without sources');
  }
}

function makeAddress(world: World, { droplet_id }: Thing): Thing {
  const droplet = ready(world, droplet_id);
  return world.add('reserved_ips', {
    ip: nextAddress(),
    region: droplet.region,
    droplet,
    locked: false,
    project_id: randomUUID(),
  });
}

function ready(world: World, id: number): Thing {
  const droplet = world.get('droplets', id);
  if (droplet.status === 'new') throw new Refusal(422, 'unprocessable_entity', 'Droplet is not ready');
  return droplet;
}
