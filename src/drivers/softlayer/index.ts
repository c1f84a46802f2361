import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { planOf } from './check.ts';
import { newSoftLayer } from './client.ts';
import { factsOf } from './facts.ts';
import { admit } from './firewall.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { endpointOf, relabel } from './guest.ts';
import { partsOf } from './parts.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { candidates, settingsOf } from './settings.ts';

/** Virtual servers of IBM Cloud's classic infrastructure, which was SoftLayer's. */
const softlayer: DriverModule = {
  summary: "A virtual server of IBM Cloud's classic infrastructure",
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, softlayer: newSoftLayer(settings.endpoint, site) };
    const facts = once(() => factsOf(place));
    const parts = partsOf(place, facts);
    return {
      ...loginOf(settings),
      parts,
      check: async () => void (await facts()),
      account: async () => String(await place.softlayer.account()),
      plan: () => planOf(place, parts, facts),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      admit: (made) => admit(place, made),
      relabel: (made) => relabel(place, made),
    };
  },
};

export default softlayer;
