import ibm from '../../../src/drivers/ibm/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: ibm,
  small: SMALL,
  cloud: useCloud(),
  makes: 'POST /v1/instances',
  asks: 2,
});
