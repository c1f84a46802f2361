import { newMemory } from '../../memory.ts';
import type { Fleet, Made, PowerState, Site } from '../driver.ts';
import type { Api } from './api.ts';
import { ec2For } from './client.ts';
import { stateOf } from './instances.ts';
import { allPages } from './pages.ts';
import { placeOf, settingsOf } from './settings.ts';
import { everythingIn, removableIn } from './survey.ts';

/** How many ids EC2 takes in one filter. */
const IN_ONE = 200;

/** The machines of one region. */
export const fleet: Fleet = {
  machine: 'instance',
  scope(values) {
    const { region, endpoint } = placeOf(values);
    return endpoint === undefined ? region : `${region} at ${endpoint}`;
  },
  async states(values, machines, signal) {
    const api = await ec2For(placeOf(values), alone(signal))();
    const ids = machines.flatMap(({ instance }) => instance ?? []);
    const states = new Map<string, PowerState>();
    for (let at = 0; at < ids.length; at += IN_ONE) await readStates(api, ids.slice(at, at + IN_ONE), states);
    return machines.map(({ instance }: Made) => states.get(instance ?? '') ?? 'Gone');
  },
  async survey(values, signal) {
    const api = await ec2For(placeOf(values), alone(signal))();
    return everythingIn(api, placeOf(values).region);
  },
  removable(values, site) {
    const settings = settingsOf(values);
    return removableIn(ec2For(settings, site), settings, site);
  },
};

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined): Pick<Site, 'signal' | 'memory'> {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}

async function readStates(api: Api, ids: readonly string[], states: Map<string, PowerState>): Promise<void> {
  const asked = { Filters: [{ Name: 'instance-id', Values: [...ids] }], MaxResults: 1000 };
  const found = await allPages(api.instances, asked, (page) =>
    page.Reservations?.flatMap((each) => each.Instances ?? []),
  );
  for (const instance of found) states.set(instance.InstanceId ?? '', stateOf(instance));
}
