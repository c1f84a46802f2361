import type { Subnet } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../errors.ts';
import type { Site } from '../driver.ts';
import { nearest } from '../near.ts';
import { namedAddress } from './addresses.ts';
import type { Ec2 } from './client.ts';
import { namedGroups } from './groups.ts';
import { imageFor, leastDisk } from './images.ts';
import { subnetsFor } from './network.ts';
import { quotaOf } from './quotas.ts';
import type { Settings } from './settings.ts';
import { packed } from './userdata.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkAccount(ec2: Ec2, settings: Settings, site: Site): Promise<void> {
  if (site.bootstrap) packed(site.bootstrap.userData);
  const image = await imageFor(ec2, settings);
  checkDisk(settings, leastDisk(image));
  const subnets = await subnetsFor(ec2, settings);
  if (settings.ipv6) checkIpv6(subnets);
  await namedGroups(ec2, settings);
  await checkKeyPair(ec2, settings);
  if (settings.elastic === 'new') await checkAddressQuota(ec2, settings.region);
  else if (settings.elastic !== undefined) await namedAddress(ec2, settings.elastic, settings.region);
}

function checkDisk({ disk }: Settings, least: number): void {
  if (disk.size >= least) return;
  throw new SlipwayError('bad-input', `The image needs ${least} GiB, and the disk is to have ${disk.size}`, {
    hint: `Say --amazonec2-root-size ${least}, or more`,
  });
}

function checkIpv6(subnets: readonly Subnet[]): void {
  const without = subnets.find(({ Ipv6CidrBlockAssociationSet = [] }) => Ipv6CidrBlockAssociationSet.length === 0);
  if (!without) return;
  throw new SlipwayError('bad-input', `The subnet "${without.SubnetId}" has no IPv6 addresses to give`, {
    hint: 'Name one that has: --amazonec2-subnet-id subnet-ID. Or give it a block: aws ec2 associate-subnet-cidr-block',
  });
}

async function checkKeyPair(ec2: Ec2, { keyPair, region }: Settings): Promise<void> {
  if (keyPair === undefined) return;
  const { KeyPairs = [] } = await (await ec2()).known.keyPairs({});
  const names = KeyPairs.map(({ KeyName = '' }) => KeyName);
  if (names.includes(keyPair)) return;
  throw new SlipwayError('bad-input', `There is no key pair "${keyPair}" in "${region}"`, {
    hint:
      names.length > 0 ? `There are: ${nearest(keyPair, names).join(', ')}` : 'Slipway needs none: leave the flag out.',
  });
}

/** The only quota that EC2 itself tells; the others are with Service Quotas. */
async function checkAddressQuota(ec2: Ec2, region: string): Promise<void> {
  const api = await ec2();
  const { AccountAttributes } = await api.known.accountAttributes({});
  const attribute = AccountAttributes?.find(({ AttributeName }) => AttributeName === 'vpc-max-elastic-ips');
  const most = Number(attribute?.AttributeValues?.[0]?.AttributeValue ?? Number.NaN);
  const { Addresses = [] } = await api.addresses({});
  if (Number.isNaN(most) || Addresses.length < most) return;
  const quota = quotaOf('AddressLimitExceeded', region);
  throw new SlipwayError('quota', quota?.sentence ?? '', { hint: quota?.hint ?? '' });
}
