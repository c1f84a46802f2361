import { createHash } from 'node:crypto';
import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { isGuarding, publicAddressOf } from './instances.ts';
import { type Kind, newId, type Thing, type World } from './world.ts';

/** Keys, security groups with their rules, and floating addresses. */
export function networking(world: World): Handlers {
  const drop =
    (kind: Kind, mayGo: (thing: Thing) => void = () => undefined) =>
    ({ path }: Ask): Reply => {
      const thing = world.get(kind, path.id);
      mayGo(thing);
      world.drop(kind, thing);
      return { status: 204 };
    };
  const bound = (path: Ask['path']) => {
    const address = world.get('floating_ips', path.id);
    return { address, instance: instanceWith(world, path.network_interface_id) };
  };
  return {
    'POST /v1/keys': ({ body }) => ({ status: 201, body: makeKey(world, body) }),
    'DELETE /v1/keys/{id}': drop('keys'),
    'POST /v1/security_groups': ({ body }) => ({ status: 201, body: makeGroup(world, body) }),
    'DELETE /v1/security_groups/{id}': drop('security_groups', (group) => {
      if (isGuarding(world, group)) throw new Refusal(409, 'security_group_in_use', 'It is attached to an interface');
    }),
    'POST /v1/security_groups/{security_group_id}/rules': ({ path, body }) => {
      const group = world.get('security_groups', path.security_group_id);
      const rule = makeRule(world, group.rules, body);
      group.rules.push(rule);
      return { status: 201, body: rule };
    },
    'DELETE /v1/security_groups/{security_group_id}/rules/{id}': ({ path }) => {
      const group = world.get('security_groups', path.security_group_id);
      if (!group.rules.some(({ id }: Thing) => id === path.id)) throw new Refusal(404, 'not_found', 'No such rule');
      group.rules = group.rules.filter(({ id }: Thing) => id !== path.id);
      return { status: 204 };
    },
    'POST /v1/floating_ips': ({ body }) => ({ status: 201, body: makeAddress(world, body) }),
    'DELETE /v1/floating_ips/{id}': drop('floating_ips'),
    'PUT /v1/instances/{instance_id}/network_interfaces/{network_interface_id}/floating_ips/{id}': ({ path }) => {
      const { address, instance } = bound(path);
      const { target } = address;
      if (target && target.id !== path.network_interface_id)
        throw new Refusal(409, 'floating_ip_in_use', 'It is in use');
      address.target = targetOf(world, instance);
      return { status: 201, body: world.filled('FloatingIP', address) };
    },
  };
}

function makeKey(world: World, body: Thing): Thing {
  const [type = '', data = ''] = String(body.public_key).split(' ');
  const bytes = Buffer.from(data, 'base64');
  if (type !== `ssh-${body.type ?? 'rsa'}` || bytes.length < 32) throw new Refusal(400, 'invalid_key', 'Key invalid');
  const fingerprint = `SHA256:${createHash('sha256').update(bytes).digest('base64')}`;
  if (world.all('keys').some((key) => key.fingerprint === fingerprint)) {
    throw new Refusal(400, 'validation_unique_failed', 'Key with fingerprint already exists');
  }
  const key = { id: newId(), fingerprint, name: body.name, type: body.type, public_key: body.public_key };
  return world.filled('Key', world.add('keys', key));
}

function makeGroup(world: World, { name, vpc, rules = [] }: Thing): Thing {
  const { id, name: vpcName } = world.get('vpcs', vpc.id);
  const group: Thing = { id: newId(), name, rules: [], vpc: world.filled('VPCReference', { id, name: vpcName }) };
  for (const rule of rules) group.rules.push(makeRule(world, group.rules, rule));
  return world.filled('SecurityGroup', world.add('security_groups', group));
}

/** What the real one checks besides: names, ports, and networks of IPv4. */
function makeRule(world: World, others: readonly Thing[], rule: Thing): Thing {
  const name = rule.name ?? newId('rule');
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new Refusal(400, 'bad_field', `no name: ${name}`);
  if (others.some((other) => other.name === name)) throw new Refusal(400, 'validation_unique_failed', 'name');
  if (!/^(\d+\.){3}\d+\/\d+$/.test(rule.remote.cidr_block)) throw new Refusal(400, 'bad_field', 'no network');
  if (!['tcp', 'udp', 'icmp'].includes(rule.protocol)) throw new Refusal(400, 'bad_field', 'no such protocol');
  const type = rule.protocol === 'icmp' ? 'ICMP' : 'TCPUDP';
  const local = { cidr_block: '0.0.0.0/0' };
  return world.filled(`SecurityGroupRuleSecurityGroupRuleProtocol${type}`, { ...rule, id: newId(), name, local });
}

function makeAddress(world: World, { name, target }: Thing): Thing {
  const instance = instanceWith(world, target.id);
  const address = {
    id: newId(),
    name,
    address: publicAddressOf(instance),
    zone: instance.zone,
    status: 'available',
    target: targetOf(world, instance),
  };
  return world.filled('FloatingIP', world.add('floating_ips', address));
}

function instanceWith(world: World, id: string | undefined): Thing {
  const instance = world.all('instances').find((each) => each.primary_network_interface.id === id);
  if (!instance) throw new Refusal(404, 'not_found', 'No such network interface');
  if (instance.status === 'pending') throw new Refusal(409, 'conflict', 'The network interface is not there yet');
  return instance;
}

function targetOf(world: World, { primary_network_interface: { id, name, primary_ip } }: Thing): Thing {
  return world.filled('FloatingIPTargetNetworkInterfaceReference', { id, name, primary_ip });
}
