import { createHash } from 'node:crypto';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import type { Kind, Thing, World } from './world.ts';

/** Keys, firewalls, networks and placement groups. */
export function networking(worldOf: (ask: Ask) => World): Handlers {
  const make = (kind: Kind, one: string, fields: (world: World, ask: Ask) => object) => (ask: Ask) => {
    const world = worldOf(ask);
    refuseTwice(world, kind, ask.body.name);
    refuseBeyond(world, kind);
    refuseWrongLabels(ask.body.labels);
    return { status: 201, body: { [one]: world.add(kind, { ...fields(world, ask) }) } };
  };
  const change = (kind: Kind, one: string) => (ask: Ask) => {
    const thing = worldOf(ask).get(kind, ask.path.id ?? '');
    refuseWrongLabels(ask.body.labels);
    Object.assign(thing, ask.body);
    return { status: 200, body: { [one]: thing } };
  };
  const remove =
    (kind: Kind, mayGo: (thing: Thing) => void = () => undefined) =>
    (ask: Ask) => {
      const thing = worldOf(ask).get(kind, ask.path.id ?? '');
      mayGo(thing);
      worldOf(ask).drop(kind, thing);
      return { status: 204 };
    };
  return {
    'POST /ssh_keys': make('ssh_keys', 'ssh_key', keyOf),
    'PUT /ssh_keys/{id}': change('ssh_keys', 'ssh_key'),
    'DELETE /ssh_keys/{id}': remove('ssh_keys'),
    'POST /firewalls': (ask) => {
      const made = make('firewalls', 'firewall', firewallOf)(ask) as { status: number; body: object };
      return { status: 201, body: { ...made.body, actions: [] } };
    },
    'PUT /firewalls/{id}': change('firewalls', 'firewall'),
    'POST /firewalls/{id}/actions/set_rules': setRules(worldOf),
    'DELETE /firewalls/{id}': remove('firewalls', ({ applied_to }) => {
      if (applied_to.length > 0) throw new Refusal(409, 'resource_in_use', 'firewall is still in use');
    }),
    'POST /networks': make('networks', 'network', networkOf),
    'PUT /networks/{id}': change('networks', 'network'),
    'DELETE /networks/{id}': remove('networks'),
    'POST /placement_groups': (ask) => {
      const made = make('placement_groups', 'placement_group', groupOf)(ask) as { status: number; body: object };
      return { status: 201, body: { ...made.body, action: null } };
    },
    'PUT /placement_groups/{id}': change('placement_groups', 'placement_group'),
    'DELETE /placement_groups/{id}': remove('placement_groups', ({ servers }) => {
      if (servers.length > 0) throw new Refusal(409, 'resource_in_use', 'placement group is still in use');
    }),
  };
}

/** Names are unique in a project. */
export function refuseTwice(world: World, kind: Kind, name: string): void {
  if (!world.all(kind).some((thing) => thing.name === name)) return;
  throw new Refusal(409, 'uniqueness_error', `${kind.slice(0, -1)} name is already used`);
}

export function refuseBeyond(world: World, kind: Kind): void {
  if (world.all(kind).length < (world.limits.get(kind) ?? Number.POSITIVE_INFINITY)) return;
  throw new Refusal(403, 'resource_limit_exceeded', `${kind.slice(0, -1)} limit exceeded`);
}

/** What the definitions say of values holds for keys too. */
export function refuseWrongLabels(labels: Readonly<Record<string, string>> = {}): void {
  const wrong = Object.keys(labels).find((key) => !/^([a-z0-9.-]+\/)?[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/.test(key));
  if (wrong !== undefined) throw new Refusal(422, 'invalid_input', `invalid label key "${wrong}"`);
}

function keyOf(world: World, { body }: Ask): object {
  const [type, data = ''] = String(body.public_key).split(' ');
  const bytes = Buffer.from(data, 'base64');
  if (!/^ssh-|^ecdsa-/.test(type ?? '') || bytes.length < 32)
    throw new Refusal(422, 'invalid_input', 'invalid public_key');
  const fingerprint = createHash('md5').update(bytes).digest('hex').match(/../g)?.join(':') ?? '';
  if (world.all('ssh_keys').some((key) => key.fingerprint === fingerprint)) {
    throw new Refusal(409, 'uniqueness_error', 'SSH key not unique');
  }
  return { ...body, fingerprint };
}

function firewallOf(_: World, { body }: Ask): object {
  return { ...body, rules: rulesIn(body), applied_to: [] };
}

function setRules(worldOf: (ask: Ask) => World) {
  return (ask: Ask): Reply => {
    const world = worldOf(ask);
    const firewall = world.get('firewalls', ask.path.id ?? '');
    const rules = rulesIn(ask.body);
    const action = world.begin('set_firewall_rules', [['firewalls', firewall]], async () => {
      firewall.rules = rules;
    });
    return { status: 201, body: { actions: [action] } };
  };
}

/** What the real one checks: somebody to let in, a port, whole networks. */
function rulesIn({ rules = [] }: { rules?: { protocol: string; port?: string; source_ips?: string[] }[] }): object[] {
  return rules.map((rule) => {
    const sources = rule.source_ips ?? [];
    const ported = rule.protocol === 'tcp' || rule.protocol === 'udp';
    if (sources.length === 0 || sources.length > 100) throw new Refusal(422, 'invalid_input', 'source_ips are needed');
    if (sources.some((source) => !/^[\da-f.:]+\/\d+$/i.test(source)))
      throw new Refusal(422, 'invalid_input', 'source_ips');
    if (ported !== (rule.port !== undefined)) throw new Refusal(422, 'invalid_input', 'port is needed');
    return { destination_ips: [], port: null, ...rule };
  });
}

function networkOf(_: World, { body }: Ask): object {
  const subnets = (body.subnets ?? []).map((subnet: object) => ({ ...subnet, gateway: '10.83.0.1', vswitch_id: null }));
  return {
    routes: [],
    expose_routes_to_vswitch: false,
    ...body,
    subnets,
    servers: [],
    load_balancers: [],
    protection: { delete: false },
  };
}

function groupOf(_: World, { body }: Ask): object {
  return { ...body, servers: [] };
}
