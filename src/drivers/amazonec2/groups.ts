import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Part, Site } from '../driver.ts';
import { nearest } from '../near.ts';
import type { Api } from './api.ts';
import type { Ec2 } from './client.ts';
import { awsCode } from './failures.ts';
import { vpcFor } from './network.ts';
import { allPages } from './pages.ts';
import { admitOnly, rulesFor } from './rules.ts';
import type { Settings } from './settings.ts';
import { ifKnown, onceKnown } from './settling.ts';
import { tagsFor } from './tags.ts';

/** The machine's own firewall. Its name is its key, and EC2 takes a name but once in a network. */
export function groupPart(ec2: Ec2, settings: Settings, site: Site): Part {
  const find = async (key: string) => (await (await ec2()).groupByKey(key))?.GroupId;
  return {
    kind: 'security-group',
    settles: 15_000,
    find,
    async create(key) {
      const api = await ec2();
      const asked = {
        GroupName: key,
        Description: `Admits to the Slipway machine ${site.machine}`,
        VpcId: await vpcFor(ec2, settings),
        TagSpecifications: tagsFor(['security-group'], key, settings, site),
      };
      const id = await api.createGroup(asked).then(
        ({ GroupId }) => GroupId ?? '',
        (error: unknown) => {
          if (awsCode(error) !== 'InvalidGroup.Duplicate') throw error;
          return onceKnown(`the security group "${key}"`, site.signal, () => find(key));
        },
      );
      await admit(ec2, id, settings, site);
      return id;
    },
    destroy: (id) => deleteGroup(ec2, id, site),
  };
}

/** Makes the group admit what the site says. */
export async function admit(ec2: Ec2, id: string, settings: Settings, site: Site): Promise<void> {
  const api = await ec2();
  const rules = rulesFor(site.ingress, settings.sshPort);
  await onceKnown(`the security group "${id}"`, site.signal, async () => {
    const group = await api.group(id);
    if (group) await admitOnly(api, group, rules);
    return group;
  });
}

/**
 * The ids of the groups that the user named.
 * @throws SlipwayError `bad-input` where one is not in the network
 */
export async function namedGroups(ec2: Ec2, settings: Settings): Promise<string[]> {
  if (settings.groups.length === 0) return [];
  const vpc = await vpcFor(ec2, settings);
  const there = await groupsOf(await ec2(), vpc);
  return settings.groups.map((named) => {
    const group = there.find(({ GroupId, GroupName }) => GroupId === named || GroupName === named);
    if (group?.GroupId !== undefined) return group.GroupId;
    const names = there.map(({ GroupName = '' }) => GroupName);
    throw new SlipwayError('bad-input', `There is no security group "${named}" in "${vpc}"`, {
      hint: names.length > 0 ? `There are: ${nearest(named, names).join(', ')}` : 'There is none at all.',
    });
  });
}

async function groupsOf(api: Api, vpc: string): Promise<SecurityGroup[]> {
  return allPages(api.known.groups, { Filters: [{ Name: 'vpc-id', Values: [vpc] }] }, (page) => page.SecurityGroups);
}

/** For the network interface of an instance that has ended to be gone too, in milliseconds. */
const IN_USE_LIMIT = 300_000;

async function deleteGroup(ec2: Ec2, id: string, { signal }: Site): Promise<void> {
  const api = await ec2();
  const hint = 'Something else is in this group, or names it in a rule: see "Security groups" in the EC2 console.';
  const wait = { what: `the security group "${id}" to be out of use`, limit: IN_USE_LIMIT, hint, signal, pause: 5000 };
  const gone = () => ifKnown(api.deleteGroup({ GroupId: id })).then(() => true as const);
  await waitFor(wait, gone, (error) => awsCode(error) === 'DependencyViolation');
}
