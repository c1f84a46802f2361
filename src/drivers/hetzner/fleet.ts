import { newMemory } from '../../memory.ts';
import type { Fleet, Found } from '../driver.ts';
import { newHetzner, type Server } from './client.ts';
import { FIREWALLS, KEYS, type Kept, NETWORKS, PLACEMENT_GROUPS, remove, SERVERS } from './kept.ts';
import { allPages, SELECTOR } from './pages.ts';
import { stateFrom } from './server.ts';
import { contextOf } from './settings.ts';
import { contextInUse } from './token.ts';

/** What we make, in this order, by what the parts are called. */
const KINDS = {
  key: KEYS,
  network: NETWORKS,
  'placement-group': PLACEMENT_GROUPS,
  firewall: FIREWALLS,
  server: SERVERS,
};
const SHARED = ['network', 'placement-group'];

/** One list of a project's servers, whatever their number. */
export const fleet: Fleet = {
  machine: 'server',
  scope: (values) => contextInUse(contextOf(values)) ?? '',
  async states(values, machines, signal) {
    const hetzner = newHetzner(contextOf(values), alone(signal));
    const servers = await allPages<Server>(hetzner, 'servers', SELECTOR);
    const statuses = new Map(servers.map(({ id, status }) => [String(id), status]));
    return machines.map(({ server = '' }) => stateFrom(statuses.get(server)));
  },
  async survey(values, signal) {
    const hetzner = newHetzner(contextOf(values), alone(signal));
    const kinds = Object.entries(KINDS).map(async ([kind, { path }]) => {
      const kept = await allPages<Kept>(hetzner, path, SELECTOR);
      return kept.map((each): Found => ({ kind, id: String(each.id), labels: each.labels, ...whereIs(each) }));
    });
    return (await Promise.all(kinds)).flat();
  },
  removable(values, site) {
    const hetzner = newHetzner(contextOf(values), site);
    return Object.entries(KINDS).map(([kind, collection]) => ({
      kind,
      ...(SHARED.includes(kind) ? { shared: kind } : {}),
      destroy: (id) => remove(hetzner, collection, id),
    }));
  },
};

/** Only servers are somewhere. */
function whereIs({ location }: Kept & { readonly location?: { readonly name: string } }): Pick<Found, 'where'> {
  return location === undefined ? {} : { where: location.name };
}

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined) {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
