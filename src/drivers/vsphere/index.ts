import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { checkPlace, planOf } from './check.ts';
import { newVsphere } from './client.ts';
import { factsOf } from './facts.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { endpointOf, machinePart } from './machine.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { relabel } from './relabel.ts';
import { candidates, settingsOf } from './settings.ts';

/** Machines of a vCenter or an ESXi. */
const vsphere: DriverModule = {
  summary: 'A virtual machine of VMware vSphere, a vCenter or an ESXi',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, vsphere: newVsphere(settings.server, site) };
    const facts = once(() => factsOf(place));
    return {
      ...loginOf(settings),
      parts: [machinePart(place, facts)],
      check: () => checkPlace(place, facts),
      plan: () => planOf(place, facts),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      relabel: (made) => relabel(place, made),
      account: async () => (await place.vsphere.about('instanceUuid')) || undefined,
    };
  },
};

export default vsphere;
