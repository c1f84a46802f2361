import type { Instance } from '@aws-sdk/client-ec2';
import type { Made, Site } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { instanceBy } from './instances.ts';

/** Marks all that is the machine's with its new end, in one call. EC2 itself ends nothing before the machine does. */
export async function extend(ec2: Ec2, { labels }: Site, made: Made): Promise<void> {
  const api = await ec2();
  const expires = labels['slipway-expires'];
  if (expires === undefined) return;
  const { instance = '' } = made;
  const Resources = [...Object.values(made), ...withIt(await instanceBy(api, instance))];
  await api.createTags({ Resources, Tags: [{ Key: 'slipway-expires', Value: expires }] });
}

/** What was made with the instance, and ends with it. */
function withIt(instance: Instance | undefined): string[] {
  const disks = instance?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId) ?? [];
  const interfaces = instance?.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId) ?? [];
  return [...disks, ...interfaces, instance?.SpotInstanceRequestId].filter((id) => id !== undefined);
}
