import { textIn } from '../config.ts';
import { flag, given, type OldDriver, UNKNOWN } from './old-driver.ts';

const openstack: OldDriver = {
  keys: {
    AuthUrl: 'openstack-auth-url',
    Insecure: 'openstack-insecure',
    CaCert: 'openstack-cacert',
    DomainID: 'openstack-domain-id',
    DomainName: 'openstack-domain-name',
    TenantName: 'openstack-tenant-name',
    TenantId: 'openstack-tenant-id',
    Region: 'openstack-region',
    AvailabilityZone: 'openstack-availability-zone',
    EndpointType: 'openstack-endpoint-type',
    FlavorName: 'openstack-flavor-name',
    FlavorId: 'openstack-flavor-id',
    ImageName: 'openstack-image-name',
    ImageId: 'openstack-image-id',
    KeyPairName: 'openstack-keypair-name',
    NetworkName: 'openstack-net-name',
    NetworkId: 'openstack-net-id',
    PrivateKeyFile: 'openstack-private-key-file',
    FloatingIpPool: 'openstack-floatingip-pool',
    IpVersion: 'openstack-ip-version',
    ConfigDrive: 'openstack-config-drive',
    ActiveTimeout: 'openstack-active-timeout',
  },
  read: [
    ...['AuthUrl', 'CaCert', 'DomainID', 'DomainName', 'TenantName', 'TenantId', 'Region', 'EndpointType'],
    ...['NetworkName', 'IpVersion'],
  ],
  credentials: { Username: 'openstack-username', Password: 'openstack-password' },
  user: 'root',
  flags: (driver, { user, port, key }) => ({
    'openstack-insecure': driver.Insecure === true || textIn(driver, 'AuthUrl').startsWith('http:'),
    'openstack-ssh-user': user,
    'openstack-ssh-port': port,
    ...(key === undefined ? {} : { 'openstack-private-key-file': key }),
    // Of names it keeps the ids too, and only one of the two may be given.
    'openstack-flavor-id': textIn(driver, 'FlavorId') || UNKNOWN,
    'openstack-image-id': textIn(driver, 'ImageId') || UNKNOWN,
    ...(driver.ExistingKey === true ? flag('openstack-keypair-name', textIn(driver, 'KeyPairName')) : {}),
    // It took any free one of the pool, and never gave it back.
    ...(textIn(driver, 'FloatingIpPool') === '' ? {} : flag('openstack-floatingip', textIn(driver, 'IPAddress'))),
  }),
  parts: (driver) => ({
    ...(driver.ExistingKey === true ? {} : given('keypair', textIn(driver, 'KeyPairName'))),
    ...given('server', textIn(driver, 'MachineId')),
  }),
  ids: ({ server = '', keypair }) => ({
    MachineId: server,
    ...(keypair === undefined ? { ExistingKey: true } : { KeyPairName: keypair, ExistingKey: false }),
  }),
};

export default openstack;
