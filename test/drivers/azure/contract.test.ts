import azure from '../../../src/drivers/azure/index.ts';
import { driverContract } from '../contract.ts';
import { newSite } from '../site.ts';
import { azureHere, good } from './here.ts';

const cloud = await azureHere({ pace: 0 });

driverContract({
  name: 'azure',
  module: azure,
  good: good(cloud),
  bad: {
    'no subscription': { 'azure-subscription-id': '' },
    'a subscription that is none': { 'azure-subscription-id': 'mine' },
    'a cloud that is closed': { 'azure-environment': 'AzureGermanCloud', 'azure-resource-manager-url': '' },
    'a Resource Manager in the clear': { 'azure-resource-manager-url': 'http://127.0.0.1' },
    'an image that is none': { 'azure-image': 'debian' },
    'a subnet without its network': { 'azure-subnet': 'one' },
    'a network that is none': { 'azure-subnet-prefix': '192.168.0.0' },
    'a private address that is none': { 'azure-private-ip-address': '192.168.0' },
    'a public address and none': { 'azure-no-public-ip': true, 'azure-public-ip': 'mine' },
    'a DNS label and no address': { 'azure-no-public-ip': true, 'azure-dns': 'mine' },
    'a user that Azure does not take': { 'azure-ssh-user': 'admin' },
    'a port that is none': { 'azure-docker-port': 0 },
    'a kind of disk that is none': { 'azure-storage-type': 'UltraSSD_LRS' },
    'a price without spot': { 'azure-spot-max-price': '0.02' },
    'a price that is none': { 'azure-spot': true, 'azure-spot-max-price': 'cheap' },
    'a zone and an availability set': { 'azure-zone': '1', 'azure-availability-set': 'mine' },
    'a tag that is none': { 'azure-tag': ['alone'] },
    'a tag of ours': { 'azure-tag': ['slipway-store=x'] },
    'an id of another type': {
      'azure-identity': '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d',
    },
  },
  site: () => newSite(),
  left: async () => cloud.left(),
});
