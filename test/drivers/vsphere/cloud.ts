import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { certificate } from '../../clouds/vsphere/certificate.ts';
import { startCloud, TEMPLATE, type VsphereCloud } from '../../clouds/vsphere/index.ts';
import * as machines from '../machines.ts';

/** The smallest machine. Where the cloud is, and how its certificate is known, says the environment. */
export const SMALL: FlagValues = { 'vsphere-template': TEMPLATE, 'vsphere-cluster': 'DC0_C0' };

/** The environment of govc, which knows the certificate by its thumbprint. */
export const useCloud = (options = {}) =>
  machines.useCloud(async (): Promise<VsphereCloud> => {
    const cloud = await startCloud(options);
    const { thumbprint } = await certificate();
    Object.assign(SMALL, {
      'vsphere-vcenter': '127.0.0.1',
      'vsphere-vcenter-port': cloud.port,
      'vsphere-thumbprint': thumbprint,
    });
    return cloud;
  });

export const { newMachine, withMachine } = machines.machinesOf(vsphere, SMALL);
