import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { checkPlace, planOf } from './check.ts';
import { newIbm } from './client.ts';
import { factsOf } from './facts.ts';
import { admit } from './firewall.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { endpointOf } from './instance.ts';
import { partsOf } from './parts.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { candidates, settingsOf } from './settings.ts';
import { accountIn } from './token.ts';

/** Instances in virtual private clouds of IBM Cloud. */
const ibm: DriverModule = {
  summary: 'An instance in a virtual private cloud of IBM Cloud',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, ibm: newIbm(settings.region, site) };
    const facts = once(() => factsOf(place));
    const parts = partsOf(place, facts);
    return {
      ...loginOf(settings),
      parts,
      check: () => checkPlace(place, facts),
      account: async () => accountIn(await place.ibm.token()),
      plan: () => planOf(place, parts, facts),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      admit: (made) => admit(place, made),
      relabel: (made) => admit(place, made),
    };
  },
};

export default ibm;
