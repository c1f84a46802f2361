import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { driverContract } from '../contract.ts';
import { newSite } from '../site.ts';
import { small, withAccount } from './account.ts';

const cloud = withAccount();

driverContract({
  name: 'amazonec2',
  module: amazonec2,
  good: { ...small, 'amazonec2-elastic-ip': 'new', 'amazonec2-tags': 'team,web' },
  bad: {
    'a region that cannot be': { 'amazonec2-region': 'Europe' },
    'a zone of another region': { 'amazonec2-zone': 'eu-west-1a' },
    'a type that cannot be': { 'amazonec2-instance-type': 'large' },
    'one such type among others': { 'amazonec2-instance-type': 'large,t3.small' },
    'an image that is none': { 'amazonec2-ami': 'windows-95' },
    'a disk too small': { 'amazonec2-root-size': 1 },
    'an unknown type of disk': { 'amazonec2-volume-type': 'tape' },
    'a network that cannot be': { 'amazonec2-vpc-id': 'default' },
    'a subnet that cannot be': { 'amazonec2-subnet-id': 'mine' },
    'an address that is none': { 'amazonec2-elastic-ip': 'any' },
    'an elastic address for a private machine': { 'amazonec2-private-address-only': true },
    'a price that is none': { 'amazonec2-spot-price': 'cheap' },
    'a price of nothing': { 'amazonec2-spot-price': '0.0' },
    'a spot instance of a fixed duration': { 'amazonec2-block-duration-minutes': 60 },
    'a tag without a value': { 'amazonec2-tags': 'team' },
    'a tag of AWS': { 'amazonec2-tags': 'aws:cloudformation,x' },
    'a tag of ours': { 'amazonec2-tags': 'slipway-store,x' },
    'a user that cannot be': { 'amazonec2-ssh-user': 'root; reboot' },
    'a port too high': { 'amazonec2-ssh-port': 65536 },
    'too many retries': { 'amazonec2-retries': 1000 },
    'an endpoint that is none': { 'amazonec2-endpoint': 'http://' },
  },
  site: () => newSite(),
  left: () => cloud().left(),
});
