import { newMemory } from '../../memory.ts';
import type { Fleet, Found, Site } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { addressesIn } from './address.ts';
import { allPages, type DigitalOcean, type Droplet, newDigitalOcean } from './client.ts';
import { stateFrom } from './droplet.ts';
import { allParts } from './parts.ts';
import { isOurName, isOurTag, keyOfTag, labelsIn } from './place.ts';
import { contextOf, settingsOf } from './settings.ts';
import { contextInUse } from './token.ts';

/** One list of an account's droplets, whatever their number. */
export const fleet: Fleet = {
  machine: 'droplet',
  scope: (values) => contextInUse(contextOf(values)) ?? '',
  async states(values, machines, signal) {
    const ocean = newDigitalOcean(contextOf(values), alone(signal));
    const droplets = await allPages<Droplet>(ocean, 'droplets', 'droplets');
    const statuses = new Map(droplets.map(({ id, status }) => [String(id), status]));
    return machines.map(({ droplet = '' }) => stateFrom(statuses.get(droplet)));
  },
  async survey(values, signal) {
    const ocean = newDigitalOcean(contextOf(values), alone(signal));
    const kinds = [
      named(ocean, 'key', 'account/keys', 'ssh_keys'),
      named(ocean, 'vpc', 'vpcs', 'vpcs'),
      tags(ocean),
      named(ocean, 'firewall', 'firewalls', 'firewalls'),
      named(ocean, 'droplet', 'droplets', 'droplets'),
      addressesIn(ocean),
    ];
    return (await Promise.all(kinds)).flat();
  },
  removable(values, site) {
    const settings = { ...settingsOf({ 'digitalocean-context': contextOf(values) }), vpc: 'own', reserved: 'new' };
    const place = { settings, site, ocean: newDigitalOcean(contextOf(values), site) };
    const nothing = () => Promise.reject(new Error('A sweep makes nothing'));
    return allParts(place, nothing).map(({ kind, shared, destroy }) => ({
      kind,
      destroy,
      ...(shared === undefined ? {} : { shared }),
    }));
  },
};

interface Named {
  readonly id: number | string;
  readonly name: string;
  readonly tags?: readonly string[] | null;
  readonly region?: string | { readonly slug: string };
}

/** What bears a key of ours as its name; droplets and firewalls have tags besides. */
async function named(ocean: DigitalOcean, kind: string, path: string, name: string): Promise<Found[]> {
  const ours = (await allPages<Named>(ocean, path, name)).filter((each) => isOurName(each.name));
  return ours.map(({ id, name, tags, region }) => {
    const where = typeof region === 'object' ? region.slug : region;
    const { 'slipway-address': _, 'slipway-assigned': __, ...labels } = labelsIn(tags);
    return {
      kind,
      id: String(id),
      labels: { ...labelsInKey(name), ...labels, 'slipway-key': name },
      ...(where === undefined ? {} : { where }),
    };
  });
}

/** A machine's tags are one part; only that for its end may have been left. */
async function tags(ocean: DigitalOcean): Promise<Found[]> {
  const names = (await allPages<{ readonly name: string }>(ocean, 'tags', 'tags')).map(({ name }) => name);
  const keys = [...new Set(names.filter(isOurTag).map(keyOfTag))];
  return keys.map((key) => {
    const own = names.filter((name) => keyOfTag(name) === key);
    const main = own.find((name) => 'slipway-store' in labelsIn([name])) ?? key;
    const { 'slipway-address': _, 'slipway-assigned': __, ...labels } = labelsIn(own);
    return { kind: 'tag', id: main, labels: { ...labels, 'slipway-key': key } };
  });
}

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined): Pick<Site, 'memory' | 'signal'> {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
