import { waitFor } from '../../poll.ts';
import type { Made, Part } from '../driver.ts';
import type { OpenStack } from './client.ts';
import { ifThere, isBusy } from './failures.ts';
import { allPages } from './pages.ts';
import { descriptionOf, isId, ownLabels, type Place, SETTLES } from './place.ts';
import { type Rule, rulesFor, sameRule } from './rules.ts';

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** The machine's own firewall. Its name is its key, which OpenStack does not keep from being given twice. */
export function securityGroupPart(place: Place): Part {
  const { openstack } = place;
  const find = async (key: string) => (await groupsIn(openstack, { name: key }))[0]?.id;
  return {
    kind: 'security-group',
    settles: SETTLES,
    find,
    async create(key) {
      const id = (await find(key)) ?? (await make(place, key));
      await setRules(place, id);
      return id;
    },
    async destroy(id) {
      const known = isId(id) ? id : await find(id);
      if (known !== undefined) await remove(openstack, known);
    },
  };
}

/** Those of the project: an administrator would see everybody's. */
export async function groupsIn(
  { network, session }: OpenStack,
  query: { readonly name?: string } = {},
): Promise<SecurityGroup[]> {
  const { project } = await session();
  return allPages<SecurityGroup>(network, '/security-groups', 'security_groups', { ...query, tenant_id: project });
}

async function make(place: Place, key: string): Promise<string> {
  const body = { security_group: { name: key, description: descriptionOf(ownLabels(place, key)) } };
  const asked = place.openstack.network.ask<{ security_group: SecurityGroup }>('POST', '/security-groups', { body });
  return (await asked).security_group.id;
}

/** Lets the machine's group say what `ingress` says now. */
export async function admit(place: Place, { 'security-group': group }: Made): Promise<void> {
  if (group !== undefined) await setRules(place, group);
}

/** What is missing comes before what is too much goes; rules for what goes out are OpenStack's own. */
async function setRules(place: Place, group: string): Promise<void> {
  const { network } = place.openstack;
  const query = { security_group_id: group, direction: 'ingress' };
  const present = await allPages<Rule & { id: string }>(
    network,
    '/security-group-rules',
    'security_group_rules',
    query,
  );
  const wanted = rulesFor(place);
  for (const rule of wanted.filter((each) => !present.some((one) => sameRule(one, each)))) {
    const body = { security_group_rule: { ...rule, security_group_id: group } };
    await network.ask('POST', '/security-group-rules', { body });
  }
  for (const { id } of present.filter((each) => !wanted.some((one) => sameRule(one, each)))) {
    await ifThere(network.ask('DELETE', `/security-group-rules/${id}`));
  }
}

/** For a server that is on its way out to leave it, in milliseconds. */
const BUSY_LIMIT = 5 * 60_000;

async function remove({ network, signal }: OpenStack, id: string): Promise<void> {
  const what = `the security group "${id}" to be removed at OpenStack`;
  const hint = `See what uses it: openstack port list --security-group ${id}`;
  await waitFor(
    { what, limit: BUSY_LIMIT, hint, signal },
    async () => {
      await ifThere(network.ask('DELETE', `/security-groups/${id}`));
      return true;
    },
    isBusy,
  );
}
