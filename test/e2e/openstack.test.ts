import { type OpenStackCloud, startCloudWithGuests } from '../clouds/openstack/index.ts';
import { journey } from './journey.ts';

journey('openstack', {
  start: startCloudWithGuests,
  privately: ['--openstack-floatingip-pool', ''],
  keepsAddress: true,
  removeByHand: (cloud, { server = '' }) => (cloud as OpenStackCloud).vanish(server),
});
