import { type SoftLayerCloud, startCloud } from '../clouds/softlayer/index.ts';
import { journey } from './journey.ts';

journey('softlayer', {
  start: () => startCloud({ guests: true }),
  privately: ['--softlayer-private-net-only'],
  keepsAddress: true,
  removeByHand: (cloud, { guest = '' }) => (cloud as SoftLayerCloud).vanish(guest),
});
