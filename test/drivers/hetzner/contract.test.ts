import hetzner from '../../../src/drivers/hetzner/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'hetzner',
  module: hetzner,
  good: { ...SMALL, 'hetzner-networks': ['own'], 'hetzner-auto-spread': true },
  bad: {
    'a type with capitals': { 'hetzner-server-type': 'CX23' },
    'no type': { 'hetzner-server-type': ',' },
    'a location that is none': { 'hetzner-server-location': 'fsn 1/2' },
    'an image that is none': { 'hetzner-image': 'debian 12' },
    'an id that is none': { 'hetzner-image-id': 'debian-12' },
    'two images': { 'hetzner-image': 'debian-12', 'hetzner-image-id': '1' },
    'a network that is none': { 'hetzner-networks': ['a;b'] },
    'a private machine without network': { 'hetzner-networks': [], 'hetzner-disable-public': true },
    'a private way without network': { 'hetzner-networks': [], 'hetzner-use-private-network': true },
    'an address for what has none': { 'hetzner-disable-public': true, 'hetzner-primary-ipv4': 'front' },
    'two placement groups': { 'hetzner-placement-group': 'mine' },
    'a label that is none': { 'hetzner-server-label': ['a'] },
    'a label of ours': { 'hetzner-key-label': ['slipway-key=a'] },
    'a user with a blank': { 'hetzner-ssh-user': 'a b' },
    'a port too high': { 'hetzner-ssh-port': 65_536 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
