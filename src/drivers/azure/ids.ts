import { SlipwayError } from '../../errors.ts';

/** Types of resources, as they stand in ids. */
export const TYPES = {
  network: 'Microsoft.Network/virtualNetworks',
  securityGroup: 'Microsoft.Network/networkSecurityGroups',
  address: 'Microsoft.Network/publicIPAddresses',
  interface: 'Microsoft.Network/networkInterfaces',
  instance: 'Microsoft.Compute/virtualMachines',
  disk: 'Microsoft.Compute/disks',
  encryptionSet: 'Microsoft.Compute/diskEncryptionSets',
  availabilitySet: 'Microsoft.Compute/availabilitySets',
  identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
} as const;

export type ResourceType = (typeof TYPES)[keyof typeof TYPES];

export interface Resource {
  readonly group: string;
  readonly name: string;
  readonly type: string;
}

/** "/subscriptions/S/resourceGroups/G", and below it "/providers/TYPE/NAME". */
export function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

export function resourceId(subscription: string, { group, type, name }: Resource): string {
  return `${groupId(subscription, group)}/providers/${type}/${name}`;
}

/** Undefined for what is no id of a resource in a group. Azure is not particular about capitals. */
export function parseId(id: string): Resource | undefined {
  const match = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i.exec(id);
  const [, group, type, name] = match ?? [];
  return group && type && name ? { group, type, name } : undefined;
}

/** The name of a group from its id. */
export function parseGroupId(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/i.exec(id)?.[1];
}

/** What a part's id says, which is ours and so well formed. */
export function theResource(id: string): Resource {
  const resource = parseId(id);
  if (resource) return resource;
  throw new SlipwayError('broken', `"${id}" is no id of a resource`);
}

/** A resource that the user named. */
export interface Named {
  /** Undefined: in the group of the machine. */
  readonly group?: string;
  readonly name: string;
  /** As the user gave it, where it was a whole id. */
  readonly id?: string;
}

/** Understands NAME, GROUP:NAME, or a whole id of this type. @throws SlipwayError `bad-input` */
export function named(given: string, flag: string, type: ResourceType): Named {
  const id = parseId(given);
  if (id && id.type.toLowerCase() === type.toLowerCase()) return { group: id.group, name: id.name, id: given };
  const [, group, name] = /^(?:([\w().-]+):)?([\w.-]+)$/.exec(given) ?? [];
  if (name !== undefined) return group === undefined ? { name } : { group, name };
  throw new SlipwayError('bad-input', `--${flag} takes NAME, GROUP:NAME or the id of one, not "${given}"`, {
    hint: `An id looks like this: ${resourceId('SUBSCRIPTION', { group: 'GROUP', type, name: 'NAME' })}`,
  });
}
