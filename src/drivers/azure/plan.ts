import type { Plan } from '../driver.ts';
import { imageOf } from './image.ts';
import type { Place } from './place.ts';
import { priceOf } from './price.ts';
import { rulesFor } from './security-group.ts';
import { type Size, sizeOf } from './size.ts';
import { isTrusted } from './vm.ts';

/** What create would make, and what it costs. */
export async function planOf(place: Place): Promise<Plan> {
  const size = await sizeOf(place);
  const [image, price] = await Promise.all([imageOf(place, size), priceOf(place, size.name)]);
  const trusted = isTrusted(place.settings, size, image);
  const { location, group, network, prefix, securityGroup, address, isPublic, ipv6 } = place.settings;
  const parts = [
    ...(group === undefined ? [['resource-group', `"${place.group}", for all machines in ${location}`]] : []),
    ...(network ? [] : [['network', `${prefix} in ${location}, for all machines there`]]),
    ...(securityGroup ? [] : [['security-group', firewall(place)]]),
    ...(isPublic && !address ? [['address', 'public, IPv4, standard']] : []),
    ...(isPublic && ipv6 ? [['ipv6-address', 'public, IPv6, standard']] : []),
    ['interface', network ? `in the subnet "${network.subnet}" of "${network.vnet.name}"` : 'in that network'],
    ['instance', `${machine(place, size)}, ${image.name}, ${disk(place)}${trusted ? ', trusted launch' : ''}`],
  ];
  return {
    parts: parts.map(([kind = '', what = '']) => ({ kind, what })),
    ...(price === undefined ? {} : { price }),
  };
}

function machine({ settings: { zone, location, spot } }: Place, { name, about, arch }: Size): string {
  const where = zone === undefined ? location : `zone ${zone} of ${location}`;
  return `${spot ? 'spot ' : ''}${name} (${about}, ${arch}) in ${where}`;
}

function disk({ settings: { disk } }: Place): string {
  return `${disk.size === undefined ? "the image's size" : `${disk.size} GiB`} of ${disk.type}`;
}

function firewall({ site, settings }: Place): string {
  const allowed = rulesFor(site.ingress, settings.enginePort).filter(({ access }) => access === 'Allow');
  const ports = allowed.map(({ destinationPortRange, sourceAddressPrefixes, sourceAddressPrefix }) => {
    const from =
      sourceAddressPrefixes?.join(', ') ?? (sourceAddressPrefix === '*' ? 'everywhere' : sourceAddressPrefix);
    return `${destinationPortRange} from ${from}`;
  });
  return ports.join('; ') || 'nothing is admitted';
}
