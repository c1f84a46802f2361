import type { Part } from '../driver.ts';
import { lookUp } from './failures.ts';
import { parseId, TYPES } from './ids.ts';
import { remove, submit } from './operations.ts';
import { idOf, type Place, sharedTagsFor } from './place.ts';

/** Of our own network. */
export const SUBNET = 'machines';

/** The same everywhere: networks of different locations do not meet. RFC 4193 wants the 40 bits to be random. */
const PREFIX6 = 'fd5a:17e3:9c40::/48';
const SUBNET_PREFIX6 = 'fd5a:17e3:9c40::/64';

/** The network, with one subnet, that the machines of one location share. */
export function networkPart(place: Place): Part {
  const { group, clients, options, settings } = place;
  const present = async (key: string) => {
    const { virtualNetworks } = await clients.network();
    return lookUp(`look at the network "${key}"`, () => virtualNetworks.get(group, key, options));
  };
  const prefixes = (six: string) => [settings.prefix, ...(settings.ipv6 ? [six] : [])];
  return {
    kind: 'network',
    shared: place.shared.network,
    settles: 5000,
    async create(key) {
      const id = idOf(place, TYPES.network, key);
      if (await present(key)) return id;
      const { virtualNetworks } = await clients.network();
      const body = {
        location: settings.location,
        tags: sharedTagsFor(place, key),
        addressSpace: { addressPrefixes: prefixes(PREFIX6) },
        // A machine without a public address must get out to install its engine.
        subnets: [{ name: SUBNET, addressPrefixes: prefixes(SUBNET_PREFIX6), defaultOutboundAccess: true }],
      };
      await submit(place, `make the network "${key}"`, () => virtualNetworks.createOrUpdate(group, key, body, options));
      return id;
    },
    find: async (key) => ((await present(key)) ? idOf(place, TYPES.network, key) : undefined),
    async destroy(id) {
      const resource = parseId(id);
      if (!resource) return;
      const { virtualNetworks } = await clients.network();
      const { group, name } = resource;
      await remove(place, `delete the network "${name}"`, () => virtualNetworks.delete(group, name, options));
    },
  };
}
