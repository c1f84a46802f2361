import { isIPv4 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ask, change, type Handler, pathIn } from './ask.ts';
import { subnetworks } from './catalog.ts';
import { refuseBeyond } from './quota.ts';
import { inUse, invalid, Refusal } from './refusal.ts';

/** Networks, firewall rules and addresses. */
export const networking: Readonly<Record<string, Handler>> = {
  'networks.insert': insertNetwork,
  'networks.delete': deleteNetwork,
  'firewalls.insert': insertRule,
  'firewalls.update': updateRule,
  'firewalls.patch': updateRule,
  'firewalls.delete': (ask) => gone(ask),
  'addresses.insert': insertAddress,
  'addresses.delete': deleteAddress,
};

/** @throws Refusal 409 */
export function refuseTwice({ world }: Ask, path: string): void {
  const coming = world
    .underWay()
    .some((each) => each.targetLink === world.root + path && each.operationType === 'insert');
  if (!coming && !world.look(path)) return;
  throw new Refusal(409, 'alreadyExists', `The resource '${path}' already exists`);
}

/** An operation that removes what the URL names, if that is there. */
export function gone(ask: Ask, also: () => void = () => undefined): object {
  const { world, url } = ask;
  world.get(url);
  return change(ask, 'delete', url, async () => {
    await delay(world.pace.step);
    world.hide(url);
    also();
  });
}

function insertNetwork(ask: Ask): object {
  const { world, place, url, body } = ask;
  const path = `${url}/${body.name}`;
  refuseTwice(ask, path);
  refuseBeyond(world, place, 'NETWORKS');
  if (body.autoCreateSubnetworks !== true) throw invalid('This server knows networks in auto mode only.');
  return change(ask, 'insert', path, async () => {
    const subnets = subnetworks(world, path, (at, kind, fields) => world.show(at, kind, fields));
    world.show(path, 'network', { ...body, ...subnets });
    await delay(world.pace.step);
  });
}

function deleteNetwork(ask: Ask): object {
  const { world, url } = ask;
  const { name } = world.get(url);
  const link = world.root + url;
  const users = world.all(/\/(firewalls|instances)\/[^/]+$/).filter((thing) => usesNetwork(thing, link));
  if (users[0]) throw inUse(url, users[0].selfLink.slice(world.root.length));
  return gone(ask, () => {
    for (const { selfLink } of world.all(new RegExp(`/subnetworks/${name}$`)))
      world.hide(selfLink.slice(world.root.length));
  });
}

function usesNetwork(thing: object, link: string): boolean {
  const { network, networkInterfaces = [] } = thing as { network?: string; networkInterfaces?: { network: string }[] };
  return network === link || networkInterfaces.some((each) => each.network === link);
}

function insertRule(ask: Ask): object {
  const { world, place, url, body } = ask;
  const path = `${url}/${body.name}`;
  refuseTwice(ask, path);
  refuseBeyond(world, place, 'FIREWALLS');
  const rule = ruleOf(ask);
  return change(ask, 'insert', path, async () => {
    world.show(path, 'firewall', rule);
    await delay(world.pace.step);
  });
}

/** `update` replaces the rule, `patch` what it names of it. */
function updateRule(ask: Ask): object {
  const { world, url, method } = ask;
  const old = world.get(url);
  const rule = ruleOf(method.id.endsWith('.patch') ? { ...ask, body: { ...settable(old), ...ask.body } } : ask);
  return change(ask, method.id.endsWith('.patch') ? 'patch' : 'update', url, async () => {
    await delay(world.pace.step);
    for (const field of RULE_FIELDS) delete old[field];
    Object.assign(old, rule);
  });
}

const RULE_FIELDS = ['allowed', 'denied', 'sourceRanges', 'sourceTags', 'targetTags', 'priority', 'description'];

function settable(rule: object): object {
  return Object.fromEntries(
    Object.entries(rule).filter(([field]) => [...RULE_FIELDS, 'network', 'direction'].includes(field)),
  );
}

/** What the real one checks: either allowed or denied, one family of addresses, protocols with ports. @throws Refusal */
function ruleOf(ask: Ask): object {
  const { body, world } = ask;
  const { allowed, denied, sourceRanges = [], network = 'global/networks/default' } = body as Record<string, unknown[]>;
  if ((allowed === undefined) === (denied === undefined)) throw invalid('Exactly one of allowed and denied is needed.');
  const families = new Set(sourceRanges.map((range) => isIPv4(String(range).split('/')[0] ?? '')));
  if (families.size > 1) throw invalid('Source ranges must be of one address family.');
  if (sourceRanges.length > 5000) throw invalid('Too many source ranges.');
  const path = pathIn(ask, network);
  world.get(path);
  const open = sourceRanges.length === 0 && body.sourceTags === undefined ? { sourceRanges: ['0.0.0.0/0'] } : {};
  return { direction: 'INGRESS', priority: 1000, disabled: false, ...open, ...body, network: world.root + path };
}

function insertAddress(ask: Ask): object {
  const { world, place, url, body, path: names } = ask;
  const path = `${url}/${body.name}`;
  refuseTwice(ask, path);
  refuseBeyond(world, place, 'STATIC_ADDRESSES', names.region);
  return change(ask, 'insert', path, async () => {
    const address = place.nextAddress();
    const region = `${world.root}projects/${names.project}/regions/${names.region}`;
    world.show(path, 'address', { ...body, address, region, status: 'RESERVED' });
    await delay(world.pace.step);
  });
}

function deleteAddress(ask: Ask): object {
  const { users } = ask.world.get(ask.url) as { users?: string[] };
  if (users?.[0]) throw inUse(ask.url, users[0].slice(ask.world.root.length));
  return gone(ask);
}
