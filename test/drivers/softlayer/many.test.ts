import softlayer from '../../../src/drivers/softlayer/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: softlayer,
  small: SMALL,
  cloud: useCloud(),
  makes: 'POST /SoftLayer_Virtual_Guest/createObject',
  asks: 4,
});
