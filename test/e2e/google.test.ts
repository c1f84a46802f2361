import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';
import { journey } from './journey.ts';

journey('google', {
  start: () => startCloud({ guests: true }),
  privately: ['--google-use-internal-ip-only'],
  async removeByHand(cloud, { instance = '' }) {
    (cloud as GoogleCloud).vanish(instance.split('/').at(-1) ?? '');
  },
});
