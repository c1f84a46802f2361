import openstack from '../../../src/drivers/openstack/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: openstack,
  small: { ...SMALL, 'openstack-floatingip-pool': '' },
  cloud: useCloud(),
  makes: 'POST /v2.1/servers',
  tooFast: { status: 429, body: JSON.stringify({ overLimit: { code: 429, message: 'x' } }) },
  asks: 0,
});
