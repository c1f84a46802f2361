import { jest } from '@jest/globals';
import openstack from '../../../src/drivers/openstack/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { type OpenStackCloud, startCloud } from '../../clouds/openstack/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine. */
export const SMALL: FlagValues = {
  'openstack-flavor-name': 'm1.nano',
  'openstack-image-name': 'blank',
  'openstack-floatingip-pool': 'public',
};

/** The first that needs OpenStack starts it, which takes its time. */
export function useCloud(): () => OpenStackCloud {
  const cloud = machines.useCloud(startCloud);
  jest.setTimeout(900_000);
  return cloud;
}

export const { newMachine, withMachine } = machines.machinesOf(openstack, SMALL);
