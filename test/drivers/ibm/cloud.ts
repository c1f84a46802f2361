import ibm from '../../../src/drivers/ibm/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { startCloud } from '../../clouds/ibm/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine. */
export const SMALL: FlagValues = { 'ibm-zone': 'us-south-1' };

export const useCloud = (options = {}) => machines.useCloud(() => startCloud(options));

export const { newMachine, withMachine } = machines.machinesOf(ibm, SMALL);
