import { textIn } from '../config.ts';
import type { OldDriver } from './old-driver.ts';

const azure: OldDriver = {
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
};

export default azure;
