import openstack from '../../../src/drivers/openstack/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'openstack',
  module: openstack,
  good: SMALL,
  bad: {
    'no flavor': { 'openstack-flavor-name': '' },
    'two flavors': { 'openstack-flavor-id': '1' },
    'a flavor that is none': { 'openstack-flavor-name': 'a\nb' },
    'no image': { 'openstack-image-name': '' },
    'two images': { 'openstack-image-id': '1' },
    'two networks': { 'openstack-net-id': '1', 'openstack-net-name': 'a' },
    'two floating addresses': { 'openstack-floatingip': '192.0.2.1' },
    'a floating address that is none': { 'openstack-floatingip-pool': '', 'openstack-floatingip': 'a' },
    'a family that there is not': { 'openstack-ip-version': 5 },
    'a network of older clouds': { 'openstack-nova-network': true },
    'a volume without a volume': { 'openstack-volume-size': 10 },
    'a volume too small': { 'openstack-boot-from-volume': true, 'openstack-volume-size': 0 },
    'metadata without a value': { 'openstack-metadata': 'a,1,b' },
    'metadata of ours': { 'openstack-metadata': 'slipway-key,a' },
    'a user with a blank': { 'openstack-ssh-user': 'a b' },
    'a port too high': { 'openstack-ssh-port': 65_536 },
    'no time': { 'openstack-active-timeout': 0 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
