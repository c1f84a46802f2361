import { SlipwayError } from '../../errors.ts';
import { lookUp } from './failures.ts';
import { type Named, parseId, type ResourceType, TYPES } from './ids.ts';
import { near } from './near.ts';
import { idOfNamed, type Place } from './place.ts';

/** Versions of the interface to ask about what these libraries know nothing else of. */
const VERSIONS: Readonly<Record<string, string>> = {
  [TYPES.securityGroup]: '2025-05-01',
  [TYPES.address]: '2025-05-01',
  [TYPES.encryptionSet]: '2025-01-02',
  [TYPES.availabilitySet]: '2025-04-01',
  [TYPES.identity]: '2023-01-31',
};

/** @throws SlipwayError `bad-input` for the first of what the user named that is not there */
export async function checkNamed(place: Place): Promise<void> {
  const { securityGroup, address, identity, availabilitySet, disk } = place.settings;
  await Promise.all([
    checkGroup(place),
    checkNetwork(place),
    checkResource(place, 'network security group', TYPES.securityGroup, securityGroup),
    checkResource(place, 'public address', TYPES.address, address),
    checkResource(place, 'managed identity', TYPES.identity, identity),
    checkResource(place, 'availability set', TYPES.availabilitySet, availabilitySet),
    checkResource(place, 'disk encryption set', TYPES.encryptionSet, disk.encryptionSet),
    checkImage(place),
  ]);
}

async function checkGroup({ settings: { group, location }, clients, options }: Place): Promise<void> {
  if (group === undefined) return;
  const { resourceGroups } = await clients.resources();
  if (await lookUp(`look at the resource group "${group}"`, () => resourceGroups.get(group, options))) return;
  throw new SlipwayError('bad-input', `There is no resource group "${group}"`, {
    hint: `Make it: az group create --name ${group} --location ${location}. Or leave --azure-resource-group away.`,
  });
}

async function checkNetwork(place: Place): Promise<void> {
  const { network, location } = place.settings;
  if (!network) return;
  const { group, name } = resourceOf(place, TYPES.network, network.vnet);
  const { virtualNetworks } = await place.clients.network();
  const found = await lookUp(`look at the network "${name}"`, () => virtualNetworks.get(group, name, place.options));
  if (!found) throw missing('network', name, group);
  if (found.location !== undefined && found.location.toLowerCase() !== location) {
    throw new SlipwayError(
      'bad-input',
      `The network "${name}" is in "${found.location}", and the machine in "${location}"`,
      {
        hint: `Say --azure-location ${found.location}`,
      },
    );
  }
  const subnets = (found.subnets ?? []).map((subnet) => subnet.name ?? '');
  if (subnets.some((subnet) => subnet.toLowerCase() === network.subnet.toLowerCase())) return;
  throw new SlipwayError('bad-input', `The network "${name}" has no subnet "${network.subnet}"`, {
    hint: `${near(network.subnet, subnets)} Say --azure-subnet NAME`,
  });
}

async function checkResource(place: Place, kind: string, type: ResourceType, given: Named | undefined): Promise<void> {
  if (!given) return;
  const { group, name } = resourceOf(place, type, given);
  const { resources } = await place.clients.resources();
  const id = idOfNamed(place, type, given);
  const found = await lookUp(`look at the ${kind} "${name}"`, () =>
    resources.getById(id.slice(1), VERSIONS[type] ?? '', place.options),
  );
  if (!found) throw missing(kind, name, group);
}

const IMAGE_VERSIONS = { gallery: '2025-03-03', managed: '2025-04-01' };

/** One of a gallery that others share is not ours to look at: Azure does when the machine is made. */
async function checkImage({ settings: { image }, clients, options }: Place): Promise<void> {
  if (image.kind !== 'id' || !image.id.toLowerCase().startsWith('/subscriptions/')) return;
  const { resources } = await clients.resources();
  const version = IMAGE_VERSIONS[/\/galleries\//i.test(image.id) ? 'gallery' : 'managed'];
  const { id } = image;
  const found = await lookUp(`look at the image "${id}"`, () => resources.getById(id.slice(1), version, options));
  if (!found) throw new SlipwayError('bad-input', `There is no image "${id}"`);
}

function resourceOf(place: Place, type: ResourceType, given: Named) {
  return parseId(idOfNamed(place, type, given)) ?? { group: place.group, type, name: given.name };
}

function missing(kind: string, name: string, group: string): SlipwayError {
  return new SlipwayError('bad-input', `There is no ${kind} "${name}" in the resource group "${group}"`, {
    hint: 'Where it is in another group, say GROUP:NAME.',
  });
}
