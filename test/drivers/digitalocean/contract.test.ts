import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'digitalocean',
  module: digitalocean,
  good: { ...SMALL, 'digitalocean-vpc': 'own', 'digitalocean-reserved-ip': 'new' },
  bad: {
    'a size with capitals': { 'digitalocean-size': 'S-1vCPU' },
    'no size': { 'digitalocean-size': ',' },
    'a region that is none': { 'digitalocean-region': 'nyc 3/4' },
    'an image that is none': { 'digitalocean-image': 'debian 12' },
    'a fingerprint that is none': { 'digitalocean-ssh-key-fingerprint': 'SHA256:abc' },
    'a network that is none': { 'digitalocean-vpc': 'a;b' },
    'an address for what has none': { 'digitalocean-private-only': true },
    'an address that is none': { 'digitalocean-reserved-ip': 'front' },
    'a tag that is none': { 'digitalocean-tags': 'a.b' },
    'a tag of ours': { 'digitalocean-tags': 'slipway:a' },
    'a user with a blank': { 'digitalocean-ssh-user': 'a b' },
    'a port too high': { 'digitalocean-ssh-port': 65_536 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
