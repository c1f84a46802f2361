import type { Instance } from '@aws-sdk/client-ec2';
import { type Endpoint, type Made, USER } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { instanceBy } from './instances.ts';
import type { Settings } from './settings.ts';

/** Where the machine is reached; undefined while it has no address, or is off. */
export async function endpointOf(ec2: Ec2, settings: Settings, { instance: id }: Made): Promise<Endpoint | undefined> {
  const instance = id === undefined ? undefined : await instanceBy(await ec2(), id);
  const state = instance?.State?.Name;
  if (!instance || (state !== 'running' && state !== 'pending')) return undefined;
  const host = settings.privately ? instance.PrivateIpAddress : instance.PublicIpAddress;
  if (!host) return undefined;
  const names = otherNames(instance, host);
  return {
    host,
    sshPort: settings.sshPort,
    sshUser: settings.user ?? USER,
    enginePort: 2376,
    ...(settings.keyPath === undefined ? {} : { identity: { file: settings.keyPath } }),
    ...(names.length > 0 ? { names } : {}),
  };
}

function otherNames(instance: Instance, host: string): string[] {
  const interfaces = instance.NetworkInterfaces ?? [];
  const ipv6 = interfaces.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address));
  const all = [instance.PublicDnsName, instance.PublicIpAddress, instance.PrivateIpAddress, ...ipv6];
  return [...new Set(all)].filter((name): name is string => Boolean(name) && name !== host);
}
