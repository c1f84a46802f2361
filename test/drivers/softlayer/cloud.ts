import softlayer from '../../../src/drivers/softlayer/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { type SoftLayerCloud, startCloud } from '../../clouds/softlayer/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine; where the API is stands in the environment, as the command line would have it from there. */
export const SMALL: FlagValues = {
  'softlayer-domain': 'example.com',
  get 'softlayer-api-endpoint'() {
    return process.env.SOFTLAYER_API_ENDPOINT ?? '';
  },
};

export const useCloud = (options = {}): (() => SoftLayerCloud) => machines.useCloud(() => startCloud(options));

export const { newMachine, withMachine } = machines.machinesOf(softlayer, SMALL);
