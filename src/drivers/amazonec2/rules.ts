import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Ingress } from '../driver.ts';
import type { Api } from './api.ts';
import { canonical } from './networks.ts';

const EVERYBODY = ['0.0.0.0/0', '::/0'];
const ENGINE = 2376;

/** What the group shall admit: one port from one network each, and none twice. */
export function rulesFor({ from, engine, open }: Ingress, sshPort: number): IpPermission[] {
  const own = [sshPort, ...(engine ? [ENGINE] : [])].flatMap((port) => from.map((net) => rule('tcp', port, net)));
  const all = open.flatMap(({ port, protocol }) => EVERYBODY.map((net) => rule(protocol, port, net)));
  return [...new Map([...own, ...all].map((each) => [nameOf(each), each])).values()];
}

/** Makes the group admit this and nothing else; what is new comes first, so that nobody is locked out meanwhile. */
export async function admitOnly(api: Api, group: SecurityGroup, rules: readonly IpPermission[]): Promise<void> {
  const there = (group.IpPermissions ?? []).flatMap(single);
  const missing = without(rules, there);
  const extra = without(there, rules);
  const GroupId = group.GroupId;
  if (missing.length > 0) await api.authorizeIngress({ GroupId, IpPermissions: missing });
  if (extra.length > 0) await api.revokeIngress({ GroupId, IpPermissions: extra });
}

function rule(IpProtocol: string, port: number, network: string): IpPermission {
  const ports = { IpProtocol, FromPort: port, ToPort: port };
  const own = canonical(network);
  return own.includes(':') ? { ...ports, Ipv6Ranges: [{ CidrIpv6: own }] } : { ...ports, IpRanges: [{ CidrIp: own }] };
}

/** One permission for each of the sources that EC2 shows together. */
function single({ IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds, ...ports }: IpPermission): IpPermission[] {
  return [
    ...(IpRanges ?? []).map((range) => ({ ...ports, IpRanges: [range] })),
    ...(Ipv6Ranges ?? []).map((range) => ({ ...ports, Ipv6Ranges: [range] })),
    ...(UserIdGroupPairs ?? []).map((pair) => ({ ...ports, UserIdGroupPairs: [pair] })),
    ...(PrefixListIds ?? []).map((list) => ({ ...ports, PrefixListIds: [list] })),
  ];
}

function without(rules: readonly IpPermission[], others: readonly IpPermission[]): IpPermission[] {
  const names = new Set(others.map(nameOf));
  return rules.filter((each) => !names.has(nameOf(each)));
}

/** The same for two that admit the same; descriptions do not count. */
function nameOf(permission: IpPermission): string {
  const { IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds } = permission;
  const source =
    IpRanges?.[0]?.CidrIp ??
    Ipv6Ranges?.[0]?.CidrIpv6 ??
    UserIdGroupPairs?.[0]?.GroupId ??
    PrefixListIds?.[0]?.PrefixListId;
  return [IpProtocol, FromPort, ToPort, source].join(' ');
}
