import { type HetznerCloud, startCloud } from '../clouds/hetzner/index.ts';
import { journey } from './journey.ts';

journey('hetzner', {
  start: () => startCloud({ guests: true }),
  privately: ['--hetzner-disable-public', '--hetzner-networks', 'own'],
  keepsAddress: true,
  removeByHand: (cloud, { server = '' }) => (cloud as HetznerCloud).vanish(server),
});
