import type { FlagValues } from '../../flags.ts';
import { type Bag, isBag, textIn, textsIn } from './config.ts';

/** What docker-machine keeps of one driver's machines, and what it is to ours. */
export interface OldDriver {
  /** The name of ours; the same where it is absent. */
  readonly ours?: string;
  /** Our flags by its keys; "Client.User" is the key of an object in the driver's. */
  readonly keys: Readonly<Record<string, string>>;
  /** Those of them that still matter once the machine is there: they are read. All are written. */
  readonly read: readonly string[];
  /** The flags of its credentials by its keys. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Whom to log in as where the record does not say, as old ones do not. */
  readonly user: string;
  /** Flags that no one key says. */
  flags?(driver: Bag, login: Login): FlagValues;
  /** The ids of what was made, by the kinds of our driver's parts, in the order made. */
  parts?(driver: Bag, name: string): Ids;
  /** The keys that say so. */
  ids?(made: Ids): Bag;
}

type Ids = Readonly<Record<string, string>>;

/** How the machine is logged in to. */
export interface Login {
  readonly user: string;
  readonly port: number;
  /** The file of the private key; absent for that of an agent. */
  readonly key?: string;
}

export const oldDrivers: Readonly<Record<string, OldDriver>> = {
  generic: {
    keys: { EnginePort: 'generic-engine-port', SSHKey: 'generic-ssh-key' },
    read: ['EnginePort'],
    user: 'root',
    flags: (driver, { user, port, key }) => ({
      'generic-ip-address': textIn(driver, 'IPAddress'),
      'generic-ssh-user': user,
      'generic-ssh-port': port,
      ...(key === undefined ? {} : { 'generic-ssh-key': key }),
    }),
  },
  amazonec2: {
    keys: {
      AMI: 'amazonec2-ami',
      Region: 'amazonec2-region',
      Zone: 'amazonec2-zone',
      InstanceType: 'amazonec2-instance-type',
      VpcId: 'amazonec2-vpc-id',
      SubnetId: 'amazonec2-subnet-id',
      SecurityGroupNames: 'amazonec2-security-group',
      DeviceName: 'amazonec2-device-name',
      RootSize: 'amazonec2-root-size',
      VolumeType: 'amazonec2-volume-type',
      IamInstanceProfile: 'amazonec2-iam-instance-profile',
      RequestSpotInstance: 'amazonec2-request-spot-instance',
      SpotPrice: 'amazonec2-spot-price',
      PrivateIPOnly: 'amazonec2-private-address-only',
      UsePrivateIP: 'amazonec2-use-private-address',
      UseEbsOptimizedInstance: 'amazonec2-use-ebs-optimized-instance',
      Monitoring: 'amazonec2-monitoring',
      Tags: 'amazonec2-tags',
      RetryCount: 'amazonec2-retries',
      Endpoint: 'amazonec2-endpoint',
      DisableSSL: 'amazonec2-insecure-transport',
    },
    read: ['Region', 'RequestSpotInstance', 'PrivateIPOnly', 'UsePrivateIP', 'Endpoint', 'DisableSSL'],
    credentials: {
      AccessKey: 'amazonec2-access-key',
      SecretKey: 'amazonec2-secret-key',
      SessionToken: 'amazonec2-session-token',
    },
    user: 'ubuntu',
    flags: (driver, { user, port, key }) => ({
      'amazonec2-ssh-user': user,
      'amazonec2-ssh-port': port,
      ...(key === undefined ? {} : { 'amazonec2-ssh-keypath': key }),
      'amazonec2-security-group': groupsOf(driver),
    }),
    parts: (driver) => ({
      ...(driver.ExistingKey === true ? {} : given('key-pair', textIn(driver, 'KeyName'))),
      ...given('instance', textIn(driver, 'InstanceId')),
    }),
    ids: ({ instance = '', 'security-group': group }) => ({
      InstanceId: instance,
      ...(group === undefined ? {} : { SecurityGroupId: group, SecurityGroupIds: [group] }),
    }),
  },
  digitalocean: {
    keys: {
      Image: 'digitalocean-image',
      Region: 'digitalocean-region',
      Size: 'digitalocean-size',
      SSHKeyFingerprint: 'digitalocean-ssh-key-fingerprint',
      IPv6: 'digitalocean-ipv6',
      Backups: 'digitalocean-backups',
      PrivateNetworking: 'digitalocean-private-networking',
      Monitoring: 'digitalocean-monitoring',
      Tags: 'digitalocean-tags',
    },
    read: ['Region'],
    credentials: { AccessToken: 'digitalocean-access-token' },
    user: 'root',
    flags: (_, { user, port, key }) => ({
      'digitalocean-ssh-user': user,
      'digitalocean-ssh-port': port,
      ...(key === undefined ? {} : { 'digitalocean-ssh-key-path': key }),
    }),
    parts: (driver) => ({
      ...(textIn(driver, 'SSHKeyFingerprint') === '' ? given('key', numberIn(driver, 'SSHKeyID')) : {}),
      ...given('droplet', numberIn(driver, 'DropletID')),
    }),
    ids: ({ droplet, key }) => ({ DropletID: Number(droplet ?? 0), SSHKeyID: Number(key ?? 0) }),
  },
  google: {
    keys: {
      Project: 'google-project',
      Zone: 'google-zone',
      MachineType: 'google-machine-type',
      MachineImage: 'google-machine-image',
      DiskType: 'google-disk-type',
      DiskSize: 'google-disk-size',
      Address: 'google-address',
      Network: 'google-network',
      Subnetwork: 'google-subnetwork',
      Preemptible: 'google-preemptible',
      UseInternalIP: 'google-use-internal-ip',
      UseInternalIPOnly: 'google-use-internal-ip-only',
      ServiceAccount: 'google-service-account',
      Scopes: 'google-scopes',
      Tags: 'google-tags',
      UseExisting: 'google-use-existing',
    },
    read: ['Project', 'Zone', 'UseInternalIP', 'UseInternalIPOnly', 'UseExisting'],
    user: 'docker-user',
    flags: (_, { user, key }) => ({
      'google-username': user,
      ...(key === undefined ? {} : { 'google-ssh-key': key }),
      'google-firewall': ['docker-machines'],
    }),
    parts: (driver, name): Ids => {
      const place = `projects/${textIn(driver, 'Project')}/zones/${textIn(driver, 'Zone')}`;
      if (driver.UseExisting === true) return {};
      return { disk: `${place}/disks/${name}-disk`, instance: `${place}/instances/${name}` };
    },
  },
  azure: {
    keys: {
      Environment: 'azure-environment',
      SubscriptionID: 'azure-subscription-id',
      ResourceGroup: 'azure-resource-group',
      Location: 'azure-location',
      Size: 'azure-size',
      Image: 'azure-image',
      DockerPort: 'azure-docker-port',
      DNSLabel: 'azure-dns',
      NoPublicIP: 'azure-no-public-ip',
      UsePrivateIP: 'azure-use-private-ip',
      StaticPublicIP: 'azure-static-public-ip',
      SubnetPrefix: 'azure-subnet-prefix',
      PrivateIPAddr: 'azure-private-ip-address',
      StorageType: 'azure-storage-type',
    },
    read: ['Environment', 'SubscriptionID', 'ResourceGroup', 'Location', 'DockerPort', 'DNSLabel', 'NoPublicIP'].concat(
      'UsePrivateIP',
    ),
    credentials: { ClientID: 'azure-client-id', ClientSecret: 'azure-client-secret' },
    user: 'docker-user',
    flags: (driver, { user, key }) => ({
      'azure-ssh-user': user,
      ...(key === undefined ? {} : { 'azure-ssh-key': key }),
      'azure-vnet': textIn(driver, 'VirtualNetwork').split(':').at(-1) || 'docker-machine-vnet',
      'azure-subnet': textIn(driver, 'SubnetName') || 'docker-machine',
    }),
    parts: (driver, name) => {
      const group = `/subscriptions/${textIn(driver, 'SubscriptionID').toLowerCase()}/resourceGroups/${textIn(driver, 'ResourceGroup')}`;
      const id = (type: string, own: string) => `${group}/providers/Microsoft.${type}/${own}`;
      return {
        'security-group': id('Network/networkSecurityGroups', `${name}-firewall`),
        ...(driver.NoPublicIP === true ? {} : { address: id('Network/publicIPAddresses', `${name}-ip`) }),
        interface: id('Network/networkInterfaces', `${name}-nic`),
        instance: id('Compute/virtualMachines', name),
      };
    },
  },
  openstack: {
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
  },
  softlayer: {
    keys: { 'Client.Endpoint': 'softlayer-api-endpoint' },
    read: [],
    credentials: { 'Client.User': 'softlayer-user', 'Client.ApiKey': 'softlayer-api-key' },
    user: 'root',
    flags: (driver, { user, port }) => ({
      ...flag('softlayer-api-endpoint', String(valueAt(driver, 'Client.Endpoint') ?? '').replace(/\/v3$/, '/v3.1')),
      'softlayer-domain': UNKNOWN_DOMAIN,
      'softlayer-ssh-user': user,
      'softlayer-ssh-port': port,
      'softlayer-use-private-address': /^10\./.test(textIn(driver, 'IPAddress')),
    }),
    parts: (driver) => ({ ...given('key', numberIn(driver, 'SSHKeyID')), ...given('guest', numberIn(driver, 'Id')) }),
    ids: ({ guest, key }) => ({ Id: Number(guest ?? 0), SSHKeyID: Number(key ?? 0) }),
  },
  vmwarevsphere: {
    ours: 'vsphere',
    keys: {
      IP: 'vsphere-vcenter',
      Port: 'vsphere-vcenter-port',
      CPU: 'vsphere-cpu-count',
      Memory: 'vsphere-memory-size',
      DiskSize: 'vsphere-disk-size',
      Networks: 'vsphere-network',
      Datastore: 'vsphere-datastore',
      Datacenter: 'vsphere-datacenter',
      Folder: 'vsphere-folder',
      Pool: 'vsphere-pool',
      HostSystem: 'vsphere-hostsystem',
      CfgParams: 'vsphere-cfgparam',
    },
    read: ['IP'],
    credentials: { Username: 'vsphere-username', Password: 'vsphere-password' },
    user: 'docker',
    flags: (driver, { user, port }) => ({
      'vsphere-vcenter-port': Number(driver.Port) || 443,
      'vsphere-template': UNKNOWN,
      'vsphere-ssh-user': user,
      'vsphere-ssh-port': port,
    }),
    // It knew the machine by its name alone, in a folder of those for machines.
    parts: (driver, name) => {
      const place = [textIn(driver, 'Datacenter'), 'vm', textIn(driver, 'Folder'), name];
      return { machine: place.filter((each) => each !== '').join('/') };
    },
  },
};

/** What our driver wants to know of every machine, and docker-machine did not keep; only `create` uses it. */
const UNKNOWN = 'unknown';
const UNKNOWN_DOMAIN = 'example.com';

/** Ours of docker-machine's name of a driver. */
export function oursFor(name: string): string {
  return (Object.hasOwn(oldDrivers, name) ? oldDrivers[name]?.ours : undefined) ?? name;
}

/** docker-machine's name of a driver of ours. */
export function oldNameOf(driver: string): string {
  return Object.keys(oldDrivers).find((name) => oldDrivers[name]?.ours === driver) ?? driver;
}

/** The value of a key such as "Client.User". */
export function valueAt(driver: Bag, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (isBag(value) ? value[name] : undefined), driver);
}

function groupsOf(driver: Bag): string[] {
  const names = [
    ...textsIn(driver, 'SecurityGroupNames'),
    ...textsIn(driver, 'SecurityGroupIds'),
    textIn(driver, 'SecurityGroupName'),
    textIn(driver, 'SecurityGroupId'),
  ].filter((name) => name !== '');
  return names.length > 0 ? names : ['docker-machine'];
}

function numberIn(bag: Bag, key: string): string {
  const value = bag[key];
  return typeof value === 'number' && value > 0 ? String(value) : '';
}

function flag(name: string, value: string): FlagValues {
  return value === '' ? {} : { [name]: value };
}

function given(kind: string, id: string): Ids {
  return id === '' ? {} : { [kind]: id };
}
