import softlayer from '../../../src/drivers/softlayer/index.ts';
import { driverPolicy } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverPolicy({
  name: 'softlayer',
  module: softlayer,
  small: SMALL,
  cloud,
  newMachine,
  least: { 'softlayer-private-net-only': true },
  besides: {
    'a public address': () => ({}),
    '--softlayer-hostname': () => ({ 'softlayer-hostname': 'web', 'softlayer-private-net-only': true }),
  },
});
