import { BlockList, isIP, isIPv6 } from 'node:net';
import { Refusal } from './refusal.ts';
import { listIn, objectIn, ofType, properties, referred, type Stored, type World } from './world.ts';

/** What is particular about a type of resource. */
export interface Kind {
  /** @throws Refusal for what Azure would not take, beyond what the definitions say */
  check(world: World, thing: Stored): void;
  /** The answer's properties beside those that were sent. */
  show(world: World, thing: Stored): Record<string, unknown>;
  /** @throws Refusal while something uses it */
  free(world: World, thing: Stored): void;
}

const bad = (code: string, message: string) => new Refusal(400, code, message);

export const virtualNetworks: Kind = {
  check(_, thing) {
    const space = blockList(listOfText(objectIn(properties(thing).addressSpace).addressPrefixes));
    for (const subnet of listIn(properties(thing).subnets)) {
      for (const prefix of prefixesOf(subnet)) {
        const [address = ''] = prefix.split('/');
        if (space.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) continue;
        throw bad('NetcfgSubnetRangeOutsideVnet', `Subnet '${subnet.name}' is not contained in its virtual network.`);
      }
    }
  },
  show(_, thing) {
    const subnets = listIn(properties(thing).subnets).map((subnet) => ({
      ...subnet,
      id: `${thing.id}/subnets/${subnet.name}`,
      etag: thing.etag,
      type: 'Microsoft.Network/virtualNetworks/subnets',
      properties: { ...objectIn(subnet.properties), provisioningState: thing.state },
    }));
    return { subnets, resourceGuid: guidOf(thing) };
  },
  free(world, thing) {
    const user = interfacesOf(world).find(({ configurations }) =>
      configurations.some(({ subnet }) => subnet.startsWith(`${thing.id}/`.toLowerCase())),
    );
    if (!user) return;
    throw bad(
      'InUseSubnetCannotBeDeleted',
      `A subnet of ${thing.name} is in use by ${user.nic.id} and cannot be deleted.`,
    );
  },
};

export const networkSecurityGroups: Kind = {
  check(_, thing) {
    const rules = listIn(properties(thing).securityRules);
    const slots = rules.map((rule) => `${objectIn(rule.properties).direction} ${objectIn(rule.properties).priority}`);
    if (new Set(slots).size < rules.length)
      throw bad('SecurityRuleConflict', 'Two rules have the same priority and direction.');
    if (new Set(rules.map(({ name }) => name)).size < rules.length)
      throw bad('InvalidRequestFormat', 'Two rules have one name.');
    for (const rule of rules) checkRule(String(rule.name), objectIn(rule.properties));
  },
  show: (_, thing) => ({
    securityRules: listIn(properties(thing).securityRules).map((rule) => ({
      ...rule,
      id: `${thing.id}/securityRules/${rule.name}`,
      etag: thing.etag,
      type: 'Microsoft.Network/networkSecurityGroups/securityRules',
      properties: { ...objectIn(rule.properties), provisioningState: 'Succeeded' },
    })),
    resourceGuid: guidOf(thing),
  }),
  free(world, thing) {
    const user = interfacesOf(world).find(({ firewall }) => firewall === thing.id.toLowerCase());
    if (!user) return;
    throw bad(
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `${thing.id} cannot be deleted because it is in use by ${user.nic.id}.`,
    );
  },
};

export const publicIPAddresses: Kind = {
  check(world, thing) {
    const { publicIPAllocationMethod, dnsSettings } = properties(thing);
    if (thing.body.sku?.name !== 'Standard') {
      throw bad(
        'IPv4BasicSkuPublicIpCountLimitReached',
        'Cannot create more than 0 IPv4 Basic SKU public IP addresses.',
      );
    }
    if (publicIPAllocationMethod !== 'Static') {
      throw bad('StandardSkuPublicIPAddressMustBeStatic', 'A standard public address must be allocated statically.');
    }
    const others = ofType(world, thing.type).filter(({ id }) => id !== thing.id);
    if (others.length >= world.quotas.addresses) {
      throw bad('PublicIPCountLimitReached', `Cannot create more than ${world.quotas.addresses} public IP addresses.`);
    }
    const label = objectIn(dnsSettings).domainNameLabel;
    const taken = others.some(
      (other) => label !== undefined && objectIn(properties(other).dnsSettings).domainNameLabel === label,
    );
    if (taken) throw bad('DnsRecordInUse', `DNS record ${label} is already used by another public IP.`);
  },
  show(world, thing) {
    const { dnsSettings } = properties(thing);
    const label = objectIn(dnsSettings).domainNameLabel;
    const user = interfacesOf(world).find(({ configurations }) =>
      configurations.some(({ address }) => address === thing.id.toLowerCase()),
    );
    return {
      ipAddress: addressOf(world, thing.id),
      resourceGuid: guidOf(thing),
      ...(label
        ? { dnsSettings: { ...objectIn(dnsSettings), fqdn: `${label}.${thing.body.location}.cloudapp.azure.com` } }
        : {}),
      ...(user ? { ipConfiguration: { id: `${user.nic.id}/ipConfigurations/ipv4` } } : {}),
    };
  },
  free(world, thing) {
    const user = interfacesOf(world).find(({ configurations }) =>
      configurations.some(({ address }) => address === thing.id.toLowerCase()),
    );
    if (user)
      throw bad(
        'PublicIPAddressCannotBeDeleted',
        `${thing.id} can not be deleted since it is still allocated to ${user.nic.id}.`,
      );
  },
};

export const networkInterfaces: Kind = {
  check(world, thing) {
    const { location } = thing.body;
    const { networkSecurityGroup, ipConfigurations } = properties(thing);
    const configurations = listIn(ipConfigurations);
    if (configurations.filter(({ properties }) => objectIn(properties).primary).length !== 1) {
      throw bad('NetworkInterfaceMustHaveOnePrimaryIPConfiguration', 'One IP configuration must be the primary one.');
    }
    if (networkSecurityGroup) referred(world, objectIn(networkSecurityGroup).id, location);
    for (const configuration of configurations) checkConfiguration(world, thing, objectIn(configuration.properties));
  },
  show(world, thing) {
    const configurations = listIn(properties(thing).ipConfigurations).map((configuration) => ({
      ...configuration,
      id: `${thing.id}/ipConfigurations/${configuration.name}`,
      etag: thing.etag,
      type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
      properties: {
        privateIPAddress: addressOf(world, `${thing.id}/${configuration.name}`),
        ...objectIn(configuration.properties),
        provisioningState: 'Succeeded',
      },
    }));
    const machine = machineOf(world, thing);
    return {
      ipConfigurations: configurations,
      resourceGuid: guidOf(thing),
      enableAcceleratedNetworking: false,
      ...(machine ? { virtualMachine: { id: machine.id }, primary: true } : {}),
    };
  },
  free(world, thing) {
    const machine = machineOf(world, thing);
    if (machine) throw bad('NicInUse', `Network interface ${thing.id} is used by existing resource ${machine.id}.`);
    if ((world.reserved.get(thing.id.toLowerCase()) ?? 0) <= Date.now()) return;
    throw bad('NicReservedForAnotherVm', `Nic(s) in request is reserved for another Virtual Machine for 180 seconds.`);
  },
};

/** The machine that has this interface. */
export function machineOf(world: World, nic: Stored): Stored | undefined {
  return ofType(world, 'Microsoft.Compute/virtualMachines').find((vm) => {
    const { networkInterfaces } = objectIn(properties(vm).networkProfile);
    return listIn(networkInterfaces).some(({ id }) => String(id).toLowerCase() === nic.id.toLowerCase());
  });
}

/** The addresses of an interface on this computer: public and private. */
export function addressesOf(world: World, nic: Stored): string[] {
  return listIn(properties(nic).ipConfigurations).flatMap((configuration) => {
    const { publicIPAddress, privateIPAddressVersion } = objectIn(configuration.properties);
    if (privateIPAddressVersion === 'IPv6') return [];
    const { id } = objectIn(publicIPAddress);
    const own = addressOf(world, `${nic.id}/${configuration.name}`);
    return typeof id === 'string' ? [own, addressOf(world, id)] : [own];
  });
}

/** Gives the public addresses of these interfaces other numbers. */
export function moveAddresses(world: World, interfaces: readonly Stored[]): void {
  for (const nic of interfaces) {
    for (const { properties: configuration } of listIn(properties(nic).ipConfigurations)) {
      const { id } = objectIn(objectIn(configuration).publicIPAddress);
      if (typeof id === 'string') world.addresses.set(id.toLowerCase(), world.newAddress());
    }
  }
}

export function addressOf(world: World, holder: string): string {
  const key = holder.toLowerCase();
  const address = world.addresses.get(key) ?? world.newAddress();
  world.addresses.set(key, address);
  return address;
}

function interfacesOf(world: World) {
  return ofType(world, 'Microsoft.Network/networkInterfaces').map((nic) => ({
    nic,
    firewall: String(objectIn(properties(nic).networkSecurityGroup).id ?? '').toLowerCase(),
    configurations: listIn(properties(nic).ipConfigurations).map(({ properties }) => ({
      subnet: `${String(objectIn(objectIn(properties).subnet).id).toLowerCase()}/`,
      address: String(objectIn(objectIn(properties).publicIPAddress).id ?? '').toLowerCase(),
      fixed: objectIn(properties).privateIPAddress,
    })),
  }));
}

function checkConfiguration(world: World, nic: Stored, configuration: Record<string, unknown>): void {
  const { subnet, publicIPAddress, privateIPAddressVersion, privateIPAddress, privateIPAllocationMethod, primary } =
    configuration;
  const id = String(objectIn(subnet).id);
  const network = referred(world, id.replace(/\/subnets\/[^/]+$/i, ''), nic.body.location);
  const found = listIn(properties(network).subnets).find(({ name }) =>
    id.toLowerCase().endsWith(`/subnets/${name}`.toLowerCase()),
  );
  if (!found) throw bad('InvalidResourceReference', `Resource ${id} referenced by ${nic.id} was not found.`);
  const isSix = privateIPAddressVersion === 'IPv6';
  if (isSix && primary) throw bad('Ipv6ConfigurationCannotBePrimary', 'The primary IP configuration must be IPv4.');
  if (isSix && !prefixesOf(found).some((prefix) => prefix.includes(':')))
    throw bad('SubnetHasNoIPv6Prefix', `${id} has no IPv6 addresses.`);
  if ((privateIPAllocationMethod === 'Static') !== (privateIPAddress !== undefined)) {
    throw bad('PrivateIPAddressNotAllowed', 'A private address goes with static allocation, and only with that.');
  }
  if (typeof privateIPAddress === 'string') checkFixed(world, nic, prefixesOf(found), privateIPAddress);
  if (publicIPAddress) checkAddressFree(world, nic, objectIn(publicIPAddress).id, isSix ? 'IPv6' : 'IPv4');
}

function checkFixed(world: World, nic: Stored, prefixes: readonly string[], address: string): void {
  if (!blockList(prefixes).check(address))
    throw bad('PrivateIPAddressNotInSubnet', `${address} does not belong to the subnet.`);
  const taken = interfacesOf(world).some(
    (each) => each.nic.id !== nic.id && each.configurations.some(({ fixed }) => fixed === address),
  );
  if (taken) throw bad('PrivateIPAddressInUse', `IP ${address} is already in use.`);
}

function checkAddressFree(world: World, nic: Stored, id: unknown, version: string): void {
  const address = referred(world, id, nic.body.location);
  if (properties(address).publicIPAddressVersion !== version) {
    throw bad('PublicIPAddressVersionMismatch', `${id} is not ${version}.`);
  }
  const user = interfacesOf(world).find(
    (each) => each.nic.id !== nic.id && each.configurations.some((one) => one.address === String(id).toLowerCase()),
  );
  if (user)
    throw bad('PublicIPAddressInUse', `Resource ${nic.id} is referencing ${id}, which is used by ${user.nic.id}.`);
}

function checkRule(name: string, rule: Record<string, unknown>): void {
  const priority = Number(rule.priority);
  if (!(priority >= 100 && priority <= 4096))
    throw bad('SecurityRuleInvalidPriority', `The priority of ${name} is ${rule.priority}.`);
  const many = listOfText(rule.sourceAddressPrefixes);
  if ((rule.sourceAddressPrefix === undefined) === (many.length === 0)) {
    throw bad('SecurityRuleInvalidSource', `${name} must have either a source prefix or several.`);
  }
  for (const prefix of many) {
    const [address = '', bits] = prefix.split('/');
    const valid = isIP(address) !== 0 && (bits === undefined || Number(bits) <= (isIPv6(address) ? 128 : 32));
    if (!valid) throw bad('SecurityRuleInvalidAddressPrefix', `${name} has the invalid address prefix ${prefix}.`);
  }
  if (new Set(many.map((prefix) => prefix.includes(':'))).size > 1) {
    throw bad('SecurityRuleAddressPrefixFamilyMismatch', `${name} has IPv4 and IPv6 prefixes.`);
  }
  if (!/^(\*|\d{1,5}(-\d{1,5})?)$/.test(String(rule.destinationPortRange)))
    throw bad('SecurityRuleInvalidPortRange', `${name}: ${rule.destinationPortRange}`);
  if (rule.destinationAddressPrefix === undefined)
    throw bad('SecurityRuleInvalidDestination', `${name} has no destination.`);
}

function prefixesOf(subnet: Record<string, unknown>): string[] {
  const { addressPrefix, addressPrefixes } = objectIn(subnet.properties);
  return typeof addressPrefix === 'string' ? [addressPrefix] : listOfText(addressPrefixes);
}

function listOfText(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function blockList(prefixes: readonly string[]): BlockList {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [address = '', bits = '0'] = prefix.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function guidOf({ etag }: Stored): string {
  return etag.slice(3, -1);
}
