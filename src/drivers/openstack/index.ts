import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { checkPlace, planOf } from './check.ts';
import { newOpenStack } from './client.ts';
import { consoleOf } from './console.ts';
import { endpointOf } from './endpoint.ts';
import { factsOf } from './facts.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { partsOf } from './parts.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { relabel } from './relabel.ts';
import { admit } from './security-group.ts';
import { candidates, settingsOf } from './settings.ts';

/** Servers of an OpenStack, whoever runs it. */
const openstack: DriverModule = {
  summary: 'A server of an OpenStack cloud',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, openstack: newOpenStack(values, site) };
    const facts = once(() => factsOf(place));
    const parts = partsOf(place, facts);
    return {
      ...loginOf(settings),
      parts,
      check: () => checkPlace(place, facts),
      account: () => accountOf(place),
      plan: () => planOf(place, parts, facts),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      admit: (made) => admit(place, made),
      relabel: (made) => relabel(place, made),
      console: (made) => consoleOf(place, made),
    };
  },
};

export default openstack;

/** A key pair is the user's, and everything else the project's. */
async function accountOf({ openstack, settings }: Place): Promise<string> {
  const { project, user } = await openstack.session();
  return settings.keypair === undefined ? `${project}/${user}` : project;
}
