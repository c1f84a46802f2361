import vsphere from '../../../src/drivers/vsphere/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'vsphere',
  module: vsphere,
  good: SMALL,
  bad: {
    'nothing to be made of': { 'vsphere-template': '' },
    'two things to be made of': { 'vsphere-image': '/tmp/debian.ova' },
    'an item without a library': { 'vsphere-template': '', 'vsphere-library-item': 'debian' },
    'a server that is none': { 'vsphere-vcenter': 'a b' },
    'a port too high': { 'vsphere-vcenter-port': 65_536 },
    'a thumbprint that is none': { 'vsphere-thumbprint': 'AA:BB' },
    'no processors': { 'vsphere-cpu-count': 0 },
    'a memory that does not fit': { 'vsphere-memory-size': 1023 },
    'no disk': { 'vsphere-disk-size': 0 },
    'a datastore with a line end': { 'vsphere-datastore': 'a\nb' },
    'a network of blanks': { 'vsphere-network': [' '] },
    'a setting without value': { 'vsphere-cfgparam': ['a'] },
    'a setting of ours': { 'vsphere-cfgparam': ['guestinfo.userdata=a'] },
    'a user with a blank': { 'vsphere-ssh-user': 'a b' },
    'a port of SSH too high': { 'vsphere-ssh-port': 65_536 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
