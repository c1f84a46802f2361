import { newMemory } from '../../memory.ts';
import type { Fleet, Found } from '../driver.ts';
import { newHetzner, type Server } from './client.ts';
import type { Kept } from './kept.ts';
import { allPages, SELECTOR } from './pages.ts';
import { stateFrom } from './server.ts';
import { contextOf } from './settings.ts';

/** What we make, by what the parts are called. */
const KINDS: Readonly<Record<string, string>> = {
  key: 'ssh_keys',
  network: 'networks',
  'placement-group': 'placement_groups',
  firewall: 'firewalls',
  server: 'servers',
};

/** One list of a project's servers, whatever their number. */
export const fleet: Fleet = {
  scope: (values) => contextOf(values).context ?? '',
  async states(values, machines, signal) {
    const hetzner = newHetzner(contextOf(values).context, alone(signal));
    const servers = await allPages<Server>(hetzner, 'servers', SELECTOR);
    const statuses = new Map(servers.map(({ id, status }) => [String(id), status]));
    return machines.map(({ server = '' }) => stateFrom(statuses.get(server)));
  },
  async survey(values, signal) {
    const hetzner = newHetzner(contextOf(values).context, alone(signal));
    const kinds = Object.entries(KINDS).map(async ([kind, path]) => {
      const kept = await allPages<Kept>(hetzner, path, SELECTOR);
      return kept.map(({ id, labels }): Found => ({ kind, id: String(id), labels }));
    });
    return (await Promise.all(kinds)).flat();
  },
};

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined) {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
