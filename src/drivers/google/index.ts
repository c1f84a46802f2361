import { once } from '../../memory.ts';
import type { Driver, DriverModule, Part } from '../driver.ts';
import { addressPart } from './address.ts';
import { candidates } from './candidates.ts';
import { checkExisting, checkPlace } from './check.ts';
import { newGoogle } from './client.ts';
import { readConsole } from './console.ts';
import { endpointOf } from './endpoint.ts';
import { type Facts, factsOf } from './facts.ts';
import { admit, firewallParts } from './firewall.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { instancePart } from './instance.ts';
import { remove } from './kept.ts';
import { mayExtend, relabel } from './lifetime.ts';
import { networkPart } from './network.ts';
import { parsePath } from './paths.ts';
import type { Place } from './place.ts';
import { planOf } from './plan.ts';
import { powerOf } from './power.ts';
import { checkLifetime } from './scheduling.ts';
import { settingsOf } from './settings.ts';

/** Machines of Google Compute Engine. */
const google: DriverModule = {
  summary: 'A virtual machine of Google Compute Engine',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, google: newGoogle(settings.project, site) };
    const { user, key } = settings;
    const login = { ...(user === undefined ? {} : { user }), ...(key === undefined ? {} : { key }) };
    return { ...login, ...abilities(place), ...(settings.existing ? takenOver(place) : ours(place)) };
  },
};

export default google;

function abilities(place: Place): Pick<Driver, 'endpoint' | 'power' | 'console'> {
  return {
    endpoint: (made) => endpointOf(place, made),
    power: powerOf(place),
    console: (made) => readConsole(place, made),
  };
}

function takenOver(place: Place): Pick<Driver, 'parts' | 'check'> {
  return { parts: [], check: () => checkExisting(place) };
}

function ours(place: Place): Omit<Driver, 'endpoint'> {
  const facts = once(() => factsOf(place.google, place.settings));
  const parts = partsOf(place, facts);
  return {
    parts,
    former: [{ kind: 'disk', destroy: (id) => remove(place.google, parsePath(id)) }],
    check: () => checkPlace(place, facts),
    plan: () => planOf(place, parts, facts),
    ...(place.settings.rules.length > 0 ? {} : { admit: (made) => admit(place, made) }),
    endsByItself: true,
    async mayExtend(made) {
      checkLifetime(place);
      await mayExtend(place, made);
    },
    relabel: (made) => relabel(place, made),
  };
}

function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { network, address } = place.settings;
  return [
    ...(network === 'own' ? [networkPart(place)] : []),
    ...firewallParts(place),
    ...(address === 'own' ? [addressPart(place)] : []),
    instancePart(place, facts),
  ];
}
