import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { checkPlace, planOf } from './check.ts';
import { newHetzner } from './client.ts';
import { factsOf } from './facts.ts';
import { admit } from './firewall.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { partsOf } from './parts.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { relabel } from './relabel.ts';
import { endpointOf } from './server.ts';
import { candidates, settingsOf } from './settings.ts';

/** Servers of Hetzner Cloud. */
const hetzner: DriverModule = {
  summary: 'A server of Hetzner Cloud',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, hetzner: newHetzner(settings.context, site) };
    const facts = once(() => factsOf(place));
    const parts = partsOf(place, facts);
    return {
      ...loginOf(settings),
      parts,
      check: () => checkPlace(place, facts),
      plan: () => planOf(place, parts, facts),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      admit: (made) => admit(place, made),
      relabel: (made) => relabel(place, made),
      nameless: true,
    };
  },
};

export default hetzner;
