import type { Part } from '../driver.ts';
import { lookUp } from './failures.ts';
import { parseId, TYPES } from './ids.ts';
import { remove, submit } from './operations.ts';
import { idOf, type Place, tagsFor } from './place.ts';

export const ADDRESS = { 4: 'address', 6: 'ipv6-address' } as const;

/** A public address, which stays the same as long as the machine lives: Azure has no others any more. */
export function addressPart(place: Place, version: 4 | 6): Part {
  const { clients, options } = place;
  return {
    kind: ADDRESS[version],
    settles: 5000,
    async create(key) {
      const { publicIPAddresses } = await clients.network();
      await submit(place, `make the public address "${key}"`, () =>
        publicIPAddresses.createOrUpdate(place.group, key, addressBody(place, key, version), options),
      );
      return idOf(place, TYPES.address, key);
    },
    async find(key) {
      const { publicIPAddresses } = await clients.network();
      const what = `look at the public address "${key}"`;
      const present = await lookUp(what, () => publicIPAddresses.get(place.group, key, options));
      return present && idOf(place, TYPES.address, key);
    },
    async destroy(id) {
      const resource = parseId(id);
      if (!resource) return;
      const { publicIPAddresses } = await clients.network();
      const { group, name } = resource;
      await remove(place, `delete the public address "${name}"`, () => publicIPAddresses.delete(group, name, options));
    },
  };
}

function addressBody(place: Place, key: string, version: 4 | 6) {
  const { location, dnsLabel } = place.settings;
  return {
    location,
    tags: tagsFor(place, key),
    sku: { name: 'Standard' },
    publicIPAllocationMethod: 'Static',
    publicIPAddressVersion: `IPv${version}`,
    ...(dnsLabel === undefined || version === 6 ? {} : { dnsSettings: { domainNameLabel: dnsLabel } }),
  };
}
