import softlayer from '../../../src/drivers/softlayer/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'softlayer',
  module: softlayer,
  good: SMALL,
  bad: {
    'no domain': { 'softlayer-domain': '' },
    'a domain that is none': { 'softlayer-domain': 'a b' },
    'a data centre that is none': { 'softlayer-region': 'Dallas 13' },
    'no data centre': { 'softlayer-region': ',' },
    'too few processors': { 'softlayer-cpu': 0 },
    'too little memory': { 'softlayer-memory': 512 },
    'an image that is none': { 'softlayer-image': 'ubuntu latest' },
    'a host name that is none': { 'softlayer-hostname': 'a.b' },
    'a public VLAN without a private one': { 'softlayer-public-vlan-id': 1 },
    'a public VLAN for what has no public address': {
      'softlayer-public-vlan-id': 1,
      'softlayer-private-vlan-id': 2,
      'softlayer-private-net-only': true,
    },
    'a user with a blank': { 'softlayer-ssh-user': 'a b' },
    'a port too high': { 'softlayer-ssh-port': 65_536 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
