import type { Plan, Site } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { imageFor } from './images.ts';
import { subnetsFor } from './network.ts';
import { anHour, notKnown, onDemandPrice } from './price.ts';
import type { Settings } from './settings.ts';

/** What create would make, and what it costs where EC2 tells. */
export async function planOf(ec2: Ec2, settings: Settings, site: Site): Promise<Plan> {
  const image = await imageFor(ec2, settings);
  const [subnet] = await subnetsFor(ec2, settings);
  const zone = subnet?.AvailabilityZone ?? settings.region;
  const { type, disk, spot } = settings;
  const market = spot ? ', spot' : '';
  const instance =
    `${type}${market} in ${zone}, ${image.Name} (${image.ImageId}), ` + `${disk.size} GiB ${disk.type}, encrypted`;
  return {
    parts: [
      ...(settings.groups.length === 0 ? [{ kind: 'security-group', what: admitted(settings, site) }] : []),
      ...(settings.elastic === 'new' ? [{ kind: 'address', what: `an elastic address in ${settings.region}` }] : []),
      { kind: 'instance', what: instance },
    ],
    price: spot ? await spotPrice(ec2, type, zone) : await onDemandPrice(settings, site),
  };
}

function admitted({ sshPort }: Settings, { ingress }: Site): string {
  const own = [sshPort, ...(ingress.engine ? [2376] : [])].join(' and ');
  const open = ingress.open.map(({ port, protocol }) => `${port}/${protocol}`).join(', ');
  return `admits ${ingress.from.join(', ')} to ${own}${open === '' ? '' : `, and everybody to ${open}`}`;
}

/** What it costs at the moment. */
async function spotPrice(ec2: Ec2, type: string, zone: string): Promise<string> {
  const api = await ec2();
  const InstanceTypes = [type] as Parameters<typeof api.spotPrices>[0]['InstanceTypes'];
  const { SpotPriceHistory } = await api.spotPrices({
    InstanceTypes,
    AvailabilityZone: zone,
    ProductDescriptions: ['Linux/UNIX'],
    StartTime: new Date(),
  });
  const price = SpotPriceHistory?.[0]?.SpotPrice;
  if (price === undefined) return notKnown(`"${type}" has no spot price in "${zone}"`);
  return anHour({ amount: Number(price), currency: 'USD' });
}
