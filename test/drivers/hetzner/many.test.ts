import hetzner from '../../../src/drivers/hetzner/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: hetzner,
  small: SMALL,
  cloud: useCloud(),
  makes: 'POST /servers',
  tooFast: { status: 429, body: JSON.stringify({ error: { code: 'rate_limit_exceeded', message: 'x' } }) },
  asks: 0,
});
