import type { Instance } from '@aws-sdk/client-ec2';
import type { Made, Site } from '../driver.ts';
import { changing } from '../labels.ts';
import type { Ec2 } from './client.ts';
import { instanceBy } from './instances.ts';

/** Writes the labels that may change on all that is the machine's, in one call. */
export async function relabel(ec2: Ec2, { labels }: Site, made: Made): Promise<void> {
  const Tags = Object.entries(changing(labels)).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length === 0) return;
  const api = await ec2();
  const { instance } = made;
  const ended = instance === undefined ? [] : withIt(await instanceBy(api, instance));
  await api.createTags({ Resources: [...Object.values(made), ...ended], Tags });
}

/** What was made with the instance, and ends with it. */
function withIt(instance: Instance | undefined): string[] {
  const disks = instance?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId) ?? [];
  const interfaces = instance?.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId) ?? [];
  return [...disks, ...interfaces, instance?.SpotInstanceRequestId].filter((id) => id !== undefined);
}
