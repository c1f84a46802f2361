import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { startCloud } from '../../clouds/digitalocean/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine. */
export const SMALL: FlagValues = { 'digitalocean-size': 's-1vcpu-1gb', 'digitalocean-region': 'nyc3' };

export const useCloud = (options = {}) => machines.useCloud(() => startCloud(options));

export const { newMachine, withMachine } = machines.machinesOf(digitalocean, SMALL);
