import vsphere from '../../../src/drivers/vsphere/index.ts';
import { driverMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

driverMany({
  module: vsphere,
  small: SMALL,
  cloud: useCloud(),
  makes: 'CloneVM_Task',
  tooFast: { status: 429, body: '' },
  asks: 1,
});
