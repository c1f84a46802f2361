import ibm from '../../../src/drivers/ibm/index.ts';
import { driverContract } from '../contract.ts';
import { newKeyedSite } from '../machines.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverContract({
  name: 'ibm',
  module: ibm,
  good: SMALL,
  bad: {
    'a profile with capitals': { 'ibm-profile': 'CX2' },
    'no profile': { 'ibm-profile': ',' },
    'no zone': { 'ibm-zone': ' ' },
    'a region that is none': { 'ibm-region': 'dallas' },
    'an image that is none': { 'ibm-image': 'debian 12' },
    'a VPC that is none': { 'ibm-vpc': 'a;b' },
    'a subnet that is none': { 'ibm-subnet': 'a/b' },
    'a security group that is none': { 'ibm-security-groups': ['a b'] },
    'a key that is none': { 'ibm-ssh-key': '$(id)' },
    'a resource group by its name': { 'ibm-resource-group': 'Default' },
    'an address for what has none': { 'ibm-private-only': true, 'ibm-floating-ip': 'front' },
    'an address that is none': { 'ibm-floating-ip': 'a b' },
    'a disk that is too small': { 'ibm-disk-size': 5 },
    'a user with a blank': { 'ibm-ssh-user': 'a b' },
    'a port too high': { 'ibm-ssh-port': 65_536 },
  },
  site: newKeyedSite,
  left: () => cloud().left(),
});
