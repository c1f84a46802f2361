import { newMemory } from '../../memory.ts';
import type { Fleet, Found, Labels, Site } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { GUEST, type Guest, newSoftLayer } from './client.ts';
import type { Key } from './facts.ts';
import { stateFrom } from './guest.ts';
import { allParts } from './parts.ts';
import { isOurName, labelsIn, labelsOfGuest } from './place.ts';
import { endpointOf, settingsOf } from './settings.ts';

/** One list of an account's virtual servers, whatever their number. */
export const fleet: Fleet = {
  machine: 'guest',
  scope: endpointOf,
  async states(values, machines, signal) {
    const softlayer = newSoftLayer(endpointOf(values), alone(signal));
    const guests = await softlayer.list<Guest>('getVirtualGuests', GUEST);
    const known = new Map(guests.map((guest) => [String(guest.id), guest]));
    return machines.map(({ guest = '' }) => stateFrom(known.get(guest)));
  },
  async survey(values, signal) {
    const softlayer = newSoftLayer(endpointOf(values), alone(signal));
    const keys = await softlayer.list<Key>('getSshKeys', 'id,label,notes');
    const groups = await softlayer.list<Group>('getSecurityGroups', 'id,name,description');
    const guests = await softlayer.list<Guest>('getVirtualGuests', GUEST);
    return [
      ...keys.flatMap(({ id, label, notes }) => found('key', id, label, wordsIn(notes))),
      ...groups.flatMap(({ id, name, description }) => found('security-group', id, name, wordsIn(description))),
      ...guests.flatMap((guest) => {
        const labels = labelsOfGuest(guest);
        return found('guest', guest.id, labels['slipway-key'], labels, guest.datacenter?.name);
      }),
    ];
  },
  removable(values, site) {
    const endpoint = endpointOf(values);
    const settings = settingsOf({ 'softlayer-api-endpoint': endpoint, 'softlayer-domain': 'example.com' });
    const place = { settings, site, softlayer: newSoftLayer(endpoint, site) };
    const nothing = () => Promise.reject(new Error('A sweep makes nothing'));
    return allParts(place, nothing).map(({ kind, destroy }) => ({ kind, destroy }));
  },
};

interface Group {
  readonly id: number;
  readonly name?: string;
  readonly description?: string;
}

function wordsIn(notes = ''): Labels {
  return labelsIn(notes.split(' '));
}

/** What bears a key of ours. */
function found(kind: string, id: number | string, key: string | undefined, labels: Labels, where?: string): Found[] {
  if (key === undefined || !isOurName(key)) return [];
  const all = { ...labelsInKey(key), ...labels, 'slipway-key': key };
  return [{ kind, id: String(id), labels: all, ...(where === undefined ? {} : { where }) }];
}

/** One question has nothing to share, but the account's number. */
function alone(signal: AbortSignal | undefined): Pick<Site, 'memory' | 'signal'> {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
