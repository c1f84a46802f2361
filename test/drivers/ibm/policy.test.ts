import ibm from '../../../src/drivers/ibm/index.ts';
import { driverPolicy } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

const IMAGE = 'r006-5b05b4fe-bcfc-4309-af0c-2e3f9a3a1f5c';

driverPolicy({
  name: 'ibm',
  module: ibm,
  small: SMALL,
  cloud,
  newMachine,
  least: {},
  besides: {
    '--ibm-image': () => ({ 'ibm-image': IMAGE }),
    '--ibm-floating-ip': () => ({ 'ibm-floating-ip': cloud().giveAddress('front', 'us-south-1').name }),
  },
});
