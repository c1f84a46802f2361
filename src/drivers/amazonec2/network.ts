import type { Subnet } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import type { Ec2 } from './client.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import { ifKnown } from './settling.ts';

/** The network that the machine is to be in. @throws SlipwayError `bad-input` */
export async function vpcFor(ec2: Ec2, settings: Settings): Promise<string> {
  if (settings.subnet !== undefined) return (await namedSubnet(ec2, settings, settings.subnet)).VpcId ?? '';
  return settings.vpc ?? defaultVpc(ec2, settings.region);
}

/**
 * The subnets in which the machine may be, one a zone, the best first.
 * @throws SlipwayError `bad-input`, or `no-capacity` when no zone that was named has the type
 */
export async function subnetsFor(ec2: Ec2, settings: Settings): Promise<Subnet[]> {
  if (settings.subnet !== undefined) return [await namedSubnet(ec2, settings, settings.subnet)];
  const zones = await zonesWith(ec2, settings);
  const subnets = await availableSubnets(ec2, await vpcFor(ec2, settings));
  const fit = subnets.filter(({ AvailabilityZone = '' }) => zones.includes(AvailabilityZone));
  const sorted = fit.sort((a, b) => preference(b, settings) - preference(a, settings));
  const best = sorted.filter(
    (subnet, at) => sorted.findIndex((each) => each.AvailabilityZone === subnet.AvailabilityZone) === at,
  );
  if (best.length > 0) return best;
  throw noSubnet(settings, subnets, zones);
}

async function defaultVpc(ec2: Ec2, region: string): Promise<string> {
  const { Vpcs } = await (await ec2()).known.vpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] });
  const id = Vpcs?.[0]?.VpcId;
  if (id !== undefined) return id;
  throw new SlipwayError('bad-input', `The account has no default VPC in "${region}"`, {
    hint: `Make one: aws ec2 create-default-vpc --region ${region}. Or name another: --amazonec2-vpc-id vpc-ID`,
  });
}

async function namedSubnet(ec2: Ec2, { vpc, zone, region }: Settings, id: string): Promise<Subnet> {
  const api = await ec2();
  const subnet = (await ifKnown(api.known.subnets({ SubnetIds: [id] })))?.Subnets?.[0];
  if (!subnet) throw new SlipwayError('bad-input', `There is no subnet "${id}" in "${region}"`);
  if (vpc !== undefined && subnet.VpcId !== vpc) {
    throw new SlipwayError('bad-input', `The subnet "${id}" is in "${subnet.VpcId}", not in "${vpc}"`);
  }
  if (zone !== undefined && subnet.AvailabilityZone !== zone) {
    throw new SlipwayError('bad-input', `The subnet "${id}" is in "${subnet.AvailabilityZone}", not in "${zone}"`);
  }
  return subnet;
}

/** The zones that have the type; of them the one that was named. */
async function zonesWith(ec2: Ec2, { type, zone, region }: Settings): Promise<string[]> {
  const api = await ec2();
  const offers = await allPages(
    api.known.typeOfferings,
    { LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values: [type] }] },
    (page) => page.InstanceTypeOfferings,
  );
  const zones = offers.map(({ Location = '' }) => Location).sort();
  if (zone === undefined || zones.includes(zone)) return zone === undefined ? zones : [zone];
  throw new SlipwayError('no-capacity', `There is no "${type}" in "${zone}"`, {
    hint: zones.length > 0 ? `It is in: ${zones.join(', ')}` : `It is not in "${region}" at all.`,
  });
}

async function availableSubnets(ec2: Ec2, vpc: string): Promise<Subnet[]> {
  const Filters = [
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'state', Values: ['available'] },
  ];
  return allPages((await ec2()).known.subnets, { Filters }, (page) => page.Subnets);
}

/** One that is the zone's default, gives out public addresses as wanted, and has many addresses left. */
function preference(subnet: Subnet, { publicAddress }: Settings): number {
  const suited = subnet.MapPublicIpOnLaunch === publicAddress ? 1e6 : 0;
  return (subnet.DefaultForAz ? 1e9 : 0) + suited + Math.min(subnet.AvailableIpAddressCount ?? 0, 65536);
}

function noSubnet({ zone, region, type }: Settings, subnets: readonly Subnet[], zones: readonly string[]) {
  const there = [...new Set(subnets.map(({ AvailabilityZone = '' }) => AvailabilityZone))];
  const where = zone ?? `a zone that has "${type}" (${zones.join(', ') || 'none'})`;
  return new SlipwayError('bad-input', `The network has no subnet in ${zone === undefined ? where : `"${where}"`}`, {
    hint:
      there.length > 0
        ? `It has one in: ${nearest(zone ?? region, there).join(', ')}`
        : 'Name one that has: --amazonec2-subnet-id subnet-ID',
  });
}
