import hetzner from '../../../src/drivers/hetzner/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { startCloud } from '../../clouds/hetzner/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine. */
export const SMALL: FlagValues = { 'hetzner-server-type': 'cx23', 'hetzner-server-location': 'fsn1' };

export const useCloud = (options = {}) => machines.useCloud(() => startCloud(options));

export const { newMachine, withMachine } = machines.machinesOf(hetzner, SMALL);
