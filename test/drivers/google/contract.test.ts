import google from '../../../src/drivers/google/index.ts';
import { driverContract } from '../contract.ts';
import { newSite } from '../site.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'google',
  module: google,
  good: { ...SMALL, 'google-network': 'own', 'google-static-address': true },
  bad: {
    'no project': { 'google-project': '' },
    'a project that is none': { 'google-project': 'My Project' },
    'a zone that is none': { 'google-zone': 'us-central1' },
    'a type with capitals': { 'google-machine-type': 'E2-Medium' },
    'an image that is none': { 'google-machine-image': 'windows' },
    'the default of elsewhere, which has no cloud-init here': { 'google-machine-image': 'debian-12' },
    'an image without cloud-init': { 'google-machine-image': 'debian-cloud/debian-12' },
    'a user with a blank': { 'google-username': 'a b' },
    'a disk too small': { 'google-disk-size': 9 },
    'a key that is none': { 'google-disk-kms-key': 'key' },
    'a network that is none': { 'google-network': 'projects/p/global/firewalls/n' },
    'a subnetwork of another region': {
      'google-network': '',
      'google-subnetwork': 'regions/europe-west1/subnetworks/s',
    },
    'a network of its own with a subnetwork': { 'google-subnetwork': 'default' },
    'two kinds of address': { 'google-address': 'web' },
    'an address for what has none': { 'google-use-internal-ip-only': true },
    'IPv6 without subnetwork': { 'google-ipv6': true },
    'a tag that is none': { 'google-tags': 'Web Server' },
    'a label that is none': { 'google-labels': 'a' },
    'a label of ours': { 'google-labels': 'slipway-key=a' },
    'a service account that is none': { 'google-service-account': 'me' },
    'a scope that is none': { 'google-service-account': 'default', 'google-scopes': 'compute' },
  },
  site: () => newSite(),
  left: () => cloud().left(),
});
