import type { FlagSpecs } from '../flags.ts';
import { flags as amazonec2 } from './amazonec2/flags.ts';
import { flags as azure } from './azure/flags.ts';
import { flags as digitalocean } from './digitalocean/flags.ts';
import { flags as generic } from './generic.ts';
import { flags as google } from './google/flags.ts';
import { flags as hetzner } from './hetzner/flags.ts';
import { flags as ibm } from './ibm/flags.ts';
import type { DriverName } from './index.ts';
import { flags as openstack } from './openstack/flags.ts';
import { flags as qemu } from './qemu/settings.ts';
import { flags as softlayer } from './softlayer/flags.ts';
import { flags as vsphere } from './vsphere/flags.ts';

/** The flags of each driver, as the driver itself has them: whoever shows all of them need not load the drivers. */
export const flagsOf: Readonly<Record<DriverName, FlagSpecs>> = {
  qemu,
  generic,
  amazonec2,
  azure,
  google,
  hetzner,
  digitalocean,
  ibm,
  vsphere,
  softlayer,
  openstack,
};
