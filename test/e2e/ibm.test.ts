import { type IbmCloud, startCloud } from '../clouds/ibm/index.ts';
import { journey } from './journey.ts';

journey('ibm', {
  start: () => startCloud({ guests: true }),
  privately: ['--ibm-private-only'],
  keepsAddress: true,
  removeByHand: (cloud, { instance = '' }) => (cloud as IbmCloud).vanish(instance),
});
