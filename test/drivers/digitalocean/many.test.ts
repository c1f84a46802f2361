import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: digitalocean,
  small: SMALL,
  cloud: useCloud(),
  makes: 'POST /v2/droplets',
  asks: 4,
});
