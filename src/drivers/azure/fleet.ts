import type { VirtualMachine } from '@azure/arm-compute';
import type { GenericResourceExpanded } from '@azure/arm-resources';
import type { FlagValues } from '../../flags.ts';
import type { Fleet, Found, Labels, Made, PowerState } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { ADDRESS, addressPart } from './address.ts';
import { type Clients, clientsOf } from './client.ts';
import { ask } from './failures.ts';
import { GROUP, groupPart } from './group.ts';
import { groupId, parseId, type ResourceType, resourceId, TYPES } from './ids.ts';
import { instancePart } from './instance.ts';
import { interfacePart } from './interface.ts';
import { networkPart } from './network.ts';
import { all } from './pages.ts';
import { placeOf } from './place.ts';
import { SECURITY_GROUP, securityGroupPart } from './security-group.ts';
import { type Settings, settingsOf } from './settings.ts';
import { powerStateOf } from './state.ts';

/** All machines of one subscription, wherever they are. */
export const fleet: Fleet = {
  machine: 'instance',
  scope(values) {
    const { cloud, subscription } = settingsFor(values);
    return `${cloud.url} ${subscription}`;
  },
  async states(values, machines, signal) {
    const { clients, options } = asking(values, signal);
    const { virtualMachines } = await clients.compute();
    const listed = await ask('list the virtual machines', () =>
      all(virtualMachines.listAll({ ...options, statusOnly: 'true' })),
    );
    const byId = new Map(listed.map((vm) => [(vm.id ?? '').toLowerCase(), vm]));
    return machines.map((made) => stateOf(made, byId));
  },
  async survey(values, signal) {
    const { clients, options, settings } = asking(values, signal);
    const { resources, resourceGroups } = await clients.resources();
    const [parts, groups] = await ask('list what is ours', () =>
      Promise.all([
        all(resources.list({ ...options, filter: "substringof('slipway-', name)" })),
        all(resourceGroups.list(options)),
      ]),
    );
    const ofGroups = groups.flatMap(({ name = '', tags, location }) =>
      isOurs(tags) ? [{ kind: GROUP, id: groupId(settings.subscription, name), labels: tags, where: location }] : [],
    );
    return [...ofGroups, ...withoutRepeats(parts.flatMap((part) => foundIn(part, settings)))];
  },
  removable(values, site) {
    const place = placeOf(settingsFor(values), site);
    return [
      groupPart(place),
      networkPart(place),
      securityGroupPart(place),
      addressPart(place, 4),
      interfacePart(place),
      instancePart(place),
    ];
  },
};

/** Only the account matters: a list of sizes or of zones must not stand in the way. */
function settingsFor(values: FlagValues): Settings {
  const account = ['azure-subscription-id', 'azure-environment', 'azure-resource-manager-url', 'azure-resource-group'];
  return settingsOf(Object.fromEntries(account.map((flag) => [flag, values[flag]])));
}

function asking(values: FlagValues, signal: AbortSignal | undefined) {
  const settings = settingsFor(values);
  const clients: Clients = clientsOf(settings.cloud, settings.subscription);
  return { settings, clients, options: signal ? { abortSignal: signal } : {} };
}

function stateOf({ instance }: Made, byId: ReadonlyMap<string, VirtualMachine>): PowerState {
  const vm = instance === undefined ? undefined : byId.get(instance.toLowerCase());
  return vm ? powerStateOf(vm) : 'Gone';
}

/** By the type in small letters: lists give ids in capitals of their own. */
const KINDS: ReadonlyMap<string, { kind: string; type: ResourceType }> = new Map(
  (
    [
      ['network', TYPES.network],
      [SECURITY_GROUP, TYPES.securityGroup],
      [ADDRESS[4], TYPES.address],
      ['interface', TYPES.interface],
      ['instance', TYPES.instance],
    ] as const
  ).map(([kind, type]) => [type.toLowerCase(), { kind, type }]),
);

/** A disk goes with its machine, and removing the machine removes a disk that is left: it counts as one. */
function foundIn({ id, tags, location }: GenericResourceExpanded, settings: Settings): Found[] {
  const resource = parseId(id ?? '');
  const type = resource?.type.toLowerCase() ?? '';
  const known = KINDS.get(type === TYPES.disk.toLowerCase() ? TYPES.instance.toLowerCase() : type);
  const labels = isOurs(tags) ? tags : labelsInKey(resource?.name ?? ''); // somebody may have taken the tags away
  if (!resource || !known || !labels) return [];
  const isNamed = resource.group.toLowerCase() === settings.group?.toLowerCase();
  const group = isNamed ? (settings.group ?? '') : resource.group.toLowerCase();
  const { kind, type: exact } = known;
  const own = resourceId(settings.subscription, { group, type: exact, name: resource.name });
  return [{ kind, id: own, labels, ...(location === undefined ? {} : { where: location }) }];
}

function isOurs(tags: Record<string, string> | undefined): tags is Labels {
  return tags?.['slipway-store'] !== undefined;
}

function withoutRepeats(found: readonly Found[]): Found[] {
  return [...new Map(found.map((each) => [each.id, each])).values()];
}
