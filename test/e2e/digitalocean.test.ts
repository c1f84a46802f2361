import { type DigitalOceanCloud, startCloud } from '../clouds/digitalocean/index.ts';
import { journey } from './journey.ts';

journey('digitalocean', {
  start: () => startCloud({ guests: true }),
  privately: ['--digitalocean-private-only'],
  keepsAddress: true,
  removeByHand: (cloud, { droplet = '' }) => (cloud as DigitalOceanCloud).vanish(droplet),
});
