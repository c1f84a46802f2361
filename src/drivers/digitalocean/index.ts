import type { DriverModule } from '../driver.ts';
import { checkPlace, planOf } from './check.ts';
import { newDigitalOcean } from './client.ts';
import { endpointOf } from './droplet.ts';
import { type Facts, factsOf } from './facts.ts';
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
    let asked: Promise<Facts> | undefined;
    const facts = () => {
      asked ??= factsOf(place);
      return asked;
    };
    const parts = partsOf(place, facts);
    return {
      ...(settings.user === undefined ? {} : { user: settings.user }),
      ...(settings.keyPath === undefined ? {} : { key: settings.keyPath }),
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
