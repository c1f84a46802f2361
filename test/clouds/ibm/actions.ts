/** cloud.ibm.com/docs/vpc?topic=vpc-resource-authorizations-required-for-api-and-cli-calls: what each call needs. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/keys': ['is.key.key.list'],
  'GET /v1/keys/{id}': ['is.key.key.read'],
  'POST /v1/keys': ['is.key.key.create'],
  'DELETE /v1/keys/{id}': ['is.key.key.delete'],
  'GET /v1/security_groups': ['is.security-group.security-group.list'],
  'GET /v1/security_groups/{id}': ['is.security-group.security-group.read'],
  'GET /v1/security_groups/{security_group_id}/rules': ['is.security-group.security-group.read'],
  'POST /v1/security_groups': ['is.security-group.security-group.create', 'is.vpc.vpc.operate'],
  'DELETE /v1/security_groups/{id}': ['is.security-group.security-group.delete'],
  'POST /v1/security_groups/{security_group_id}/rules': ['is.security-group.security-group.update'],
  'DELETE /v1/security_groups/{security_group_id}/rules/{id}': ['is.security-group.security-group.update'],
  'GET /v1/subnets': ['is.subnet.subnet.list'],
  'GET /v1/images': ['is.image.image.list'],
  'GET /v1/images/{id}': ['is.image.image.read'],
  'GET /v1/instances': ['is.instance.instance.list'],
  'GET /v1/instances/{id}': ['is.instance.instance.read'],
  'GET /v1/instances/{instance_id}/network_interfaces/{id}': ['is.instance.instance.read'],
  'POST /v1/instances': [
    'is.instance.instance.create',
    'is.image.image.operate',
    'is.security-group.security-group.operate',
    'is.subnet.subnet.operate',
    'is.volume.volume.create',
    'is.vpc.vpc.operate',
  ],
  'DELETE /v1/instances/{id}': ['is.instance.instance.delete', 'is.volume.volume.delete'],
  'POST /v1/instances/{instance_id}/actions': ['is.instance.instance.operate'],
  'GET /v1/volumes': ['is.volume.volume.list'],
  'GET /v1/floating_ips': ['is.floating-ip.floating-ip.list'],
  'GET /v1/floating_ips/{id}': ['is.floating-ip.floating-ip.read'],
  'POST /v1/floating_ips': ['is.floating-ip.floating-ip.create', 'is.instance.instance.operate'],
  'DELETE /v1/floating_ips/{id}': ['is.floating-ip.floating-ip.delete', 'is.instance.instance.operate'],
  'PUT /v1/instances/{instance_id}/network_interfaces/{network_interface_id}/floating_ips/{id}': [
    'is.floating-ip.floating-ip.operate',
    'is.instance.instance.operate',
  ],
};

/** Everybody may ask for these. */
const FREE = /^(POST \/identity\/token|GET \/v1\/(regions|instance\/profiles)\b.*)$/;

export function actionsFor(operation: string, body: { keys?: readonly object[] } | undefined): readonly string[] {
  if (FREE.test(operation)) return [];
  const needed = NEEDED[operation];
  if (!needed) throw new Error(`Nobody has written down what "${operation}" needs`);
  return body?.keys?.length ? [...needed, 'is.key.key.operate'] : needed;
}
