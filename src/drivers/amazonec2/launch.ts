import { createHash } from 'node:crypto';
import type { Image, RunInstancesRequest, Subnet } from '@aws-sdk/client-ec2';
import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Site } from '../driver.ts';
import { isRefusal } from '../refusal.ts';
import type { Ec2 } from './client.ts';
import { awsCode } from './failures.ts';
import { imageFor } from './images.ts';
import { subnetsFor } from './network.ts';
import type { Settings } from './settings.ts';
import { tagsFor } from './tags.ts';
import { packed } from './userdata.ts';

/** For EC2 to know everywhere the group that was just made. */
const GROUP_LIMIT = 60_000;

/** Starts the instance in the first zone that has room for it, and gives its id. */
export async function launch(
  ec2: Ec2,
  settings: Settings,
  site: Site,
  key: string,
  groups: readonly string[],
): Promise<string> {
  const image = await imageFor(ec2, settings);
  let refusal: unknown;
  for (const subnet of await subnetsFor(ec2, settings)) {
    try {
      return await run(ec2, requestFor(settings, site, key, { image, subnet, groups }), site);
    } catch (error) {
      if (codeOf(error) !== 'no-capacity') throw error;
      if (refusal === undefined || isRefusal(refusal)) refusal = error; // the one that leaves a doubt is to be told
    }
  }
  throw refusal;
}

async function run(ec2: Ec2, request: RunInstancesRequest, { signal }: Site): Promise<string> {
  const api = await ec2();
  const wait = { what: 'EC2 to know the security group', limit: GROUP_LIMIT, signal, pause: 2000 };
  const asked = () => api.run(request);
  const { Instances } = await waitFor(wait, asked, (error) => awsCode(error) === 'InvalidGroup.NotFound');
  const id = Instances?.[0]?.InstanceId;
  if (id !== undefined) return id;
  throw new SlipwayError('failed', 'AWS did not tell the id of the new instance');
}

interface Found {
  readonly image: Image;
  readonly subnet: Subnet;
  readonly groups: readonly string[];
}

function requestFor(settings: Settings, site: Site, key: string, found: Found): RunInstancesRequest {
  const { type, spot, profile, keyPair, monitoring, ebsOptimized } = settings;
  return {
    ImageId: found.image.ImageId,
    InstanceType: type as RunInstancesRequest['InstanceType'],
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token(key, found.subnet),
    Placement: { AvailabilityZone: found.subnet.AvailabilityZone },
    NetworkInterfaces: [interfaceOf(settings, found)],
    BlockDeviceMappings: [diskOf(settings, found.image)],
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    InstanceInitiatedShutdownBehavior: endsWithShutdown(settings, site) ? 'terminate' : 'stop',
    UserData: packed(site.bootstrap?.userData ?? ''),
    Monitoring: { Enabled: monitoring },
    TagSpecifications: tagsFor(
      ['instance', 'volume', 'network-interface', ...(spot ? (['spot-instances-request'] as const) : [])],
      key,
      settings,
      site,
    ),
    ...(ebsOptimized ? { EbsOptimized: true } : {}),
    ...(keyPair === undefined ? {} : { KeyName: keyPair }),
    ...(profile === undefined ? {} : { IamInstanceProfile: profileOf(profile) }),
    ...(spot ? { InstanceMarketOptions: marketOf(spot) } : {}),
  };
}

/** A request in another zone is another request. EC2 takes 64 characters. */
function token(key: string, { SubnetId }: Subnet): string {
  return createHash('sha256').update(`${key} ${SubnetId}`).digest('hex');
}

/** A machine that gets an elastic address would lose the other one again while it boots. */
function interfaceOf({ publicAddress, elastic, ipv6 }: Settings, { subnet, groups }: Found) {
  return {
    DeviceIndex: 0,
    SubnetId: subnet.SubnetId,
    Groups: [...groups],
    AssociatePublicIpAddress: publicAddress && elastic === undefined,
    DeleteOnTermination: true,
    ...(ipv6 ? { Ipv6AddressCount: 1 } : {}),
  };
}

function diskOf({ disk, device }: Settings, image: Image) {
  return {
    DeviceName: device ?? image.RootDeviceName,
    Ebs: {
      VolumeSize: disk.size,
      VolumeType: disk.type,
      Encrypted: true,
      DeleteOnTermination: true,
      ...(disk.key === undefined ? {} : { KmsKeyId: disk.key }),
    },
  };
}

/** A machine that goes by itself ends when it switches itself off; a spot instance can do nothing else. */
function endsWithShutdown({ spot }: Settings, { lifetime }: Site): boolean {
  return spot !== undefined || lifetime !== undefined;
}

/** One time: a persistent request would make another instance when this one is removed. */
function marketOf({ price }: NonNullable<Settings['spot']>): RunInstancesRequest['InstanceMarketOptions'] {
  const SpotOptions = { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' } as const;
  return { MarketType: 'spot', SpotOptions: { ...SpotOptions, ...(price === undefined ? {} : { MaxPrice: price }) } };
}

function profileOf(profile: string) {
  return profile.startsWith('arn:') ? { Arn: profile } : { Name: profile };
}
