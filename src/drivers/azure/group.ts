import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Part } from '../driver.ts';
import { azureCode, lookUp } from './failures.ts';
import { groupId, parseGroupId } from './ids.ts';
import { askToMake, remove, seen } from './operations.ts';
import { all } from './pages.ts';
import { type Place, sharedTagsFor } from './place.ts';

export const GROUP = 'resource-group';

const BEING_DELETED_LIMIT = 600_000;
/** The list of what is in a group lags behind. */
const EMPTY_LIMIT = 30_000;

/** The resource group that the machines of one location share. It is removed only once it is empty. */
export function groupPart(place: Place): Part {
  const { settings, group, clients, options } = place;
  const id = groupId(settings.subscription, group);
  const what = `the resource group "${group}"`;
  const keyOfPresent = async () => {
    const { resourceGroups } = await clients.resources();
    const present = await lookUp(`look at ${what}`, () => resourceGroups.get(group, options));
    return present && { key: present.tags?.['slipway-key'] };
  };
  return {
    kind: GROUP,
    shared: place.shared.group,
    settles: 10_000,
    async create(key) {
      const present = await keyOfPresent();
      if (present && present.key !== key) throw foreign(group);
      await make(place, key, what);
      await seen(place, what, keyOfPresent);
      return id;
    },
    find: async (key) => ((await keyOfPresent())?.key === key ? id : undefined),
    async destroy(given) {
      const name = parseGroupId(given);
      if (name === undefined) return;
      await empty(place, name);
      const { resourceGroups } = await clients.resources();
      await remove(place, `delete ${what}`, () => resourceGroups.delete(name, options));
    },
  };
}

async function make(place: Place, key: string, what: string): Promise<void> {
  const { settings, group, clients, options, site } = place;
  const { resourceGroups } = await clients.resources();
  const body = { location: settings.location, tags: sharedTagsFor(place, key) };
  await askToMake(
    `make ${what}`,
    { what: `the end of an earlier ${what}`, limit: BEING_DELETED_LIMIT, signal: site.signal, pause: 5000 },
    () => resourceGroups.createOrUpdate(group, body, options),
    (error) => azureCode(error) === 'ResourceGroupBeingDeleted',
  );
}

/** To delete a group is to delete all that is in it: there may be something of somebody else by now. */
async function empty(place: Place, group: string): Promise<void> {
  let names: string[] = [];
  const look = async () => {
    names = await namesIn(place, group);
    return names.length === 0 || undefined;
  };
  const wait = { what: 'the group to be empty', limit: EMPTY_LIMIT, signal: place.site.signal, pause: 5000 };
  await waitFor(wait, look).catch((error: unknown) => {
    if (names.length === 0) throw error;
    throw new SlipwayError('refused', `The resource group "${group}" still holds ${names.join(', ')}`, {
      cause: error,
      hint: 'It is not deleted with what is in it. Move or delete that first.',
    });
  });
}

async function namesIn({ clients, options }: Place, group: string): Promise<string[]> {
  const { resources } = await clients.resources();
  const listed = await lookUp(`list what is in the resource group "${group}"`, () =>
    all(resources.listByResourceGroup(group, options)),
  );
  return (listed ?? []).map(({ type, name }) => `${type} "${name}"`);
}

function foreign(group: string): SlipwayError {
  return new SlipwayError('exists', `There is a resource group "${group}" already, and it is not ours`, {
    hint: 'Say --azure-resource-group NAME to use it, or one of your own.',
  });
}
