import type { SecurityRule } from '@azure/arm-network';
import type { Ingress, Made, Part } from '../driver.ts';
import { lookUp } from './failures.ts';
import { parseId, TYPES, theResource } from './ids.ts';
import { finish, remove, submit } from './operations.ts';
import { idOf, type Place, tagsFor } from './place.ts';

export const SECURITY_GROUP = 'security-group';

/** The machine's own firewall. */
export function securityGroupPart(place: Place): Part {
  const { clients, options } = place;
  return {
    kind: SECURITY_GROUP,
    settles: 5000,
    async create(key) {
      const { networkSecurityGroups } = await clients.network();
      await submit(place, `make the network security group "${key}"`, () =>
        networkSecurityGroups.createOrUpdate(place.group, key, groupBody(place, key), options),
      );
      return idOf(place, TYPES.securityGroup, key);
    },
    async find(key) {
      const { networkSecurityGroups } = await clients.network();
      const what = `look at the network security group "${key}"`;
      const present = await lookUp(what, () => networkSecurityGroups.get(place.group, key, options));
      return present && idOf(place, TYPES.securityGroup, key);
    },
    async destroy(id) {
      const resource = parseId(id);
      if (!resource) return;
      const { networkSecurityGroups } = await clients.network();
      const { group, name } = resource;
      await remove(place, `delete the network security group "${name}"`, () =>
        networkSecurityGroups.delete(group, name, options),
      );
    },
  };
}

/** Replaces the rules by what the site's ingress says now; resolves once they hold. */
export async function admit(place: Place, made: Made): Promise<void> {
  const { group, name } = theResource(made[SECURITY_GROUP] ?? '');
  const { networkSecurityGroups } = await place.clients.network();
  await finish(place, `change the network security group "${name}"`, () =>
    networkSecurityGroups.createOrUpdate(group, name, groupBody(place, name), place.options),
  );
}

function groupBody(place: Place, key: string) {
  const { settings, site } = place;
  return {
    location: settings.location,
    tags: tagsFor(place, key),
    securityRules: rulesFor(site.ingress, settings.enginePort),
  };
}

/** Azure's own default rules admit all machines of the network; the last of ours takes that back. */
export function rulesFor({ from, engine, open }: Ingress, enginePort: number): SecurityRule[] {
  const families = [from.filter((network) => !network.includes(':')), from.filter((network) => network.includes(':'))];
  const own = [{ name: 'ssh', port: 22 }, ...(engine ? [{ name: 'engine', port: enginePort }] : [])];
  const restricted = own.flatMap(({ name, port }, index) =>
    families.flatMap((networks, six) =>
      networks.length === 0
        ? []
        : [
            {
              ...rule(`${name}-ipv${six === 0 ? 4 : 6}`, 100 + 10 * index + six, 'Allow', 'Tcp', String(port)),
              sourceAddressPrefixes: [...networks],
            },
          ],
    ),
  );
  const opened = open.map(({ port, protocol }, index) => ({
    ...rule(`open-${port}-${protocol}`, 1000 + index, 'Allow', protocol === 'udp' ? 'Udp' : 'Tcp', String(port)),
    sourceAddressPrefix: '*',
  }));
  return [...restricted, ...opened, { ...rule('nothing-else', 4096, 'Deny', '*', '*'), sourceAddressPrefix: '*' }];
}

function rule(name: string, priority: number, access: string, protocol: string, port: string): SecurityRule {
  return {
    name,
    priority,
    access,
    protocol,
    direction: 'Inbound',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: port,
  };
}
