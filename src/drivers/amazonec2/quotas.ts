/** The quotas' codes at Service Quotas, where they can be raised. */
const quotas: Readonly<Record<string, readonly [service: string, code: string, name: string]>> = {
  VcpuLimitExceeded: ['ec2', 'L-1216C47A', 'Running On-Demand Standard instances'],
  InstanceLimitExceeded: ['ec2', 'L-1216C47A', 'Running On-Demand Standard instances'],
  MaxSpotInstanceCountExceeded: ['ec2', 'L-34B43A08', 'All Standard Spot Instance Requests'],
  AddressLimitExceeded: ['ec2', 'L-0263D0A3', 'EC2-VPC Elastic IPs'],
  SecurityGroupLimitExceeded: ['vpc', 'L-E79EC296', 'VPC security groups per Region'],
  RulesPerSecurityGroupLimitExceeded: ['vpc', 'L-0EA8095F', 'Inbound or outbound rules per security group'],
  SecurityGroupsPerInterfaceLimitExceeded: ['vpc', 'L-2AFB9258', 'Security groups per network interface'],
  SecurityGroupsPerInstanceLimitExceeded: ['vpc', 'L-2AFB9258', 'Security groups per network interface'],
};

/** Which quota is used up, if AWS's code says that one is; the codes of others all end alike. */
export function quotaOf(code: string, region: string): { sentence: string; hint: string } | undefined {
  const known = Object.hasOwn(quotas, code) ? quotas[code] : undefined;
  if (!known && !/Limit(s)?Exceeded$/.test(code)) return undefined;
  const [service, quota, name] = known ?? ['ec2', undefined, code];
  const page = `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas`;
  const marked = quota === undefined ? '' : ` (${quota})`;
  return {
    sentence: `The account's quota "${name}"${marked} is used up in "${region}"`,
    hint: `Remove what is not needed, or raise it: ${quota === undefined ? page : `${page}/${quota}`}`,
  };
}
