import { newMemory } from '../../memory.ts';
import type { Fleet, Found, Made, PowerState, Site } from '../driver.ts';
import type { Api } from './api.ts';
import { ec2For } from './client.ts';
import { stateOf } from './instances.ts';
import { allPages } from './pages.ts';
import { placeOf } from './settings.ts';
import { labelsIn, ours } from './tags.ts';

/** How many ids EC2 takes in one filter. */
const IN_ONE = 200;

/** The machines of one region. */
export const fleet: Fleet = {
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
    const [instances, groups, addresses] = await Promise.all([instancesOf(api), groupsOf(api), addressesOf(api)]);
    return [...groups, ...addresses, ...instances];
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

async function instancesOf(api: Api): Promise<Found[]> {
  const asked = { Filters: ours, MaxResults: 1000 };
  const all = await allPages(api.instances, asked, (page) =>
    page.Reservations?.flatMap((each) => each.Instances ?? []),
  );
  const living = all.filter((each) => stateOf(each) !== 'Gone');
  return living.map(({ InstanceId = '', Tags }) => ({ kind: 'instance', id: InstanceId, labels: labelsIn(Tags) }));
}

async function groupsOf(api: Api): Promise<Found[]> {
  const all = await allPages(api.groups, { Filters: ours, MaxResults: 1000 }, (page) => page.SecurityGroups);
  return all.map(({ GroupId = '', Tags }) => ({ kind: 'security-group', id: GroupId, labels: labelsIn(Tags) }));
}

async function addressesOf(api: Api): Promise<Found[]> {
  const { Addresses = [] } = await api.addresses({ Filters: ours });
  return Addresses.map(({ AllocationId = '', Tags }) => ({
    kind: 'address',
    id: AllocationId,
    labels: labelsIn(Tags),
  }));
}
