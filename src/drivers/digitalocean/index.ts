import { once } from '../../memory.ts';
import type { DriverModule } from '../driver.ts';
import { loginOf } from '../login.ts';
import { checkPlace, planOf } from './check.ts';
import { newDigitalOcean } from './client.ts';
import { endpointOf } from './droplet.ts';
import { factsOf } from './facts.ts';
import { admit } from './firewall.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { partsOf } from './parts.ts';
import type { Place } from './place.ts';
import { powerOf } from './power.ts';
import { candidates, settingsOf } from './settings.ts';
import { relabel } from './tags.ts';

/** Droplets of DigitalOcean. */
const digitalocean: DriverModule = {
  summary: 'A droplet of DigitalOcean',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const place: Place = { settings, site, ocean: newDigitalOcean(settings.context, site) };
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
    };
  },
};

export default digitalocean;

interface Account {
  readonly account: { readonly uuid: string; readonly team?: { readonly uuid: string } };
}

/** A token is one of a team's. */
async function accountOf({ ocean }: Place): Promise<string> {
  const { account } = await ocean.ask<Account>('GET', '/v2/account');
  return account.team?.uuid ?? account.uuid;
}
