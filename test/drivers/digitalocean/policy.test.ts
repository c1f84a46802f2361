import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import { driverPolicy } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

driverPolicy({
  name: 'digitalocean',
  module: digitalocean,
  small: SMALL,
  cloud,
  newMachine,
  least: {},
  besides: {
    '--digitalocean-vpc own': () => ({ 'digitalocean-vpc': 'own' }),
    '--digitalocean-reserved-ip new': () => ({ 'digitalocean-reserved-ip': 'new' }),
    '--digitalocean-reserved-ip': () => ({ 'digitalocean-reserved-ip': cloud().giveAddress('nyc3') }),
  },
});
