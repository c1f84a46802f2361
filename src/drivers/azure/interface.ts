import type { NetworkInterfaceIPConfiguration } from '@azure/arm-network';
import type { Made, Part } from '../driver.ts';
import { ADDRESS } from './address.ts';
import { lookUp } from './failures.ts';
import { parseId, TYPES } from './ids.ts';
import { SUBNET } from './network.ts';
import { remove, submit } from './operations.ts';
import { idOf, idOfNamed, type Place, tagsFor } from './place.ts';
import { SECURITY_GROUP } from './security-group.ts';

/** What ties machine, network, firewall and addresses together. */
export function interfacePart(place: Place): Part {
  const { clients, options } = place;
  return {
    kind: 'interface',
    settles: 5000,
    async create(key, made) {
      const { networkInterfaces } = await clients.network();
      await submit(place, `make the network interface "${key}"`, () =>
        networkInterfaces.createOrUpdate(place.group, key, interfaceBody(place, key, made), options),
      );
      return idOf(place, TYPES.interface, key);
    },
    async find(key) {
      const { networkInterfaces } = await clients.network();
      const what = `look at the network interface "${key}"`;
      const present = await lookUp(what, () => networkInterfaces.get(place.group, key, options));
      return present && idOf(place, TYPES.interface, key);
    },
    async destroy(id) {
      const resource = parseId(id);
      if (!resource) return;
      const { networkInterfaces } = await clients.network();
      const { group, name } = resource;
      await remove(place, `delete the network interface "${name}"`, () =>
        networkInterfaces.delete(group, name, options),
      );
    },
  };
}

/** The id of the machine's public address of this version: its own, or the one that the user named. */
export function addressId(place: Place, made: Made, version: 4 | 6): string | undefined {
  const { address } = place.settings;
  return address && version === 4 ? idOfNamed(place, TYPES.address, address) : made[ADDRESS[version]];
}

function interfaceBody(place: Place, key: string, made: Made) {
  const { location, securityGroup, ipv6 } = place.settings;
  const firewall = securityGroup ? idOfNamed(place, TYPES.securityGroup, securityGroup) : made[SECURITY_GROUP];
  return {
    location,
    tags: tagsFor(place, key),
    ...(firewall === undefined ? {} : { networkSecurityGroup: { id: firewall } }),
    ipConfigurations: [configuration(place, made, 4), ...(ipv6 ? [configuration(place, made, 6)] : [])],
  };
}

function configuration(place: Place, made: Made, version: 4 | 6): NetworkInterfaceIPConfiguration {
  const { privateAddress } = place.settings;
  const address = addressId(place, made, version);
  const fixed = version === 4 && privateAddress !== undefined;
  return {
    name: `ipv${version}`,
    primary: version === 4,
    privateIPAddressVersion: `IPv${version}`,
    privateIPAllocationMethod: fixed ? 'Static' : 'Dynamic',
    ...(fixed ? { privateIPAddress: privateAddress } : {}),
    subnet: { id: subnetId(place, made) },
    ...(address === undefined ? {} : { publicIPAddress: { id: address } }),
  };
}

function subnetId(place: Place, made: Made): string {
  const { network } = place.settings;
  if (!network) return `${made.network}/subnets/${SUBNET}`;
  return `${idOfNamed(place, TYPES.network, network.vnet)}/subnets/${network.subnet}`;
}
