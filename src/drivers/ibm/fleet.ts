import { newMemory } from '../../memory.ts';
import type { Fleet, Found, Labels, Site } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { allPages, type Ibm, type Instance, newIbm } from './client.ts';
import { passingIn } from './firewall.ts';
import { stateFrom } from './instance.ts';
import { ADDRESSES, type Collection, GROUPS, INSTANCES, KEYS, type Kept } from './kept.ts';
import { allParts } from './parts.ts';
import { isOurName, labelsIn, MARK } from './place.ts';
import { regionOf, settingsOf } from './settings.ts';

/** One list of a region's instances, whatever their number. */
export const fleet: Fleet = {
  machine: 'instance',
  scope: regionOf,
  async states(values, machines, signal) {
    const instances = await allPages<Instance>(newIbm(regionOf(values), alone(signal)), 'instances');
    const statuses = new Map(instances.map(({ id, status }) => [id, status]));
    return machines.map(({ instance = '' }) => stateFrom(statuses.get(instance)));
  },
  async survey(values, signal) {
    const ibm = newIbm(regionOf(values), alone(signal));
    const [keys, groups, instances, addresses, tags] = await Promise.all([
      ours<Kept>(ibm, KEYS),
      ours<Kept & { readonly rules: readonly { readonly name: string }[] }>(ibm, GROUPS),
      ours<Instance>(ibm, INSTANCES),
      ours<Kept>(ibm, ADDRESSES),
      tagsByName(ibm),
    ]);
    return [
      ...keys.map((each) => found('key', each)),
      ...groups.map((each) => found('security-group', each, passingIn(each.rules))),
      ...instances.map((each) => ({ ...found('instance', each, tags.get(each.name)), where: each.zone.name })),
      ...addresses.map((each) => found('address', each)),
    ];
  },
  removable(values, site) {
    const ibm = newIbm(regionOf(values), site);
    const settings = settingsOf({ 'ibm-region': ibm.region });
    const nothing = () => Promise.reject(new Error('A sweep makes nothing'));
    return allParts({ settings, site, ibm }, nothing).map(({ kind, destroy }) => ({ kind, destroy }));
  },
};

/** What bears a key of ours as its name. */
async function ours<T extends Kept>(ibm: Ibm, { path }: Collection): Promise<T[]> {
  return (await allPages<T>(ibm, path)).filter(({ name }) => isOurName(name));
}

/** What the disks say, which are called as their machines. */
async function tagsByName(ibm: Ibm): Promise<ReadonlyMap<string, Labels>> {
  const disks = await allPages<Kept & { readonly user_tags: readonly string[] }>(ibm, 'volumes', { tag: MARK });
  return new Map(disks.map(({ name, user_tags }) => [name, labelsIn(user_tags)]));
}

function found(kind: string, { id, name }: Kept, more: Labels = {}): Found {
  return { kind, id, labels: { ...labelsInKey(name), ...more, 'slipway-key': name } };
}

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined): Pick<Site, 'memory' | 'signal'> {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
