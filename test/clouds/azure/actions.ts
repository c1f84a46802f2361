import type { Operation } from './definitions.ts';
import { listIn, objectIn } from './world.ts';

const VERBS: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/** What a caller must be allowed to do for this request: its own action, and those on what it refers to. */
export function actionsOf(operation: Operation, body: unknown, path: string): string[] {
  return [own(operation, path), ...linked(operation.name, objectIn(body))];
}

/** From the definition's path: what stands between the names that it leaves open. */
function own({ method, template }: Operation, path: string): string {
  const exact = template === '/{resourceId}' ? path.replaceAll(/\/([^/]+)$/g, '/{name}') : template;
  const [before = '', below] = exact.split(/\/providers\/(?!\{)/i);
  if (below === undefined) {
    if (/\/providers\/\{/.test(template)) return 'Microsoft.Resources/subscriptions/providers/read';
    const types = before.replaceAll(/\/\{[^}]+\}/g, '');
    return `Microsoft.Resources${types.replace('resourcegroups', 'resourceGroups')}/${VERBS[method]}`;
  }
  const types = below.replaceAll(/\/\{[^}]+\}/g, '').replace('artifacttypes/vmimage', 'artifacttypes');
  return `${types}/${VERBS[method] ?? 'action'}`;
}

/** The reference of Azure's actions calls these "join" and "assign". */
function linked(name: string, { properties, identity }: Record<string, unknown>): string[] {
  const { networkProfile, ipConfigurations, networkSecurityGroup, availabilitySet, storageProfile } =
    objectIn(properties);
  if (name === 'virtualMachines.createOrUpdate') {
    const { managedDisk } = objectIn(objectIn(storageProfile).osDisk);
    return [
      ...(networkProfile ? ['Microsoft.Network/networkInterfaces/join/action'] : []),
      'Microsoft.Compute/disks/write',
      ...(objectIn(identity).userAssignedIdentities
        ? ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action']
        : []),
      ...(objectIn(managedDisk).diskEncryptionSet ? ['Microsoft.Compute/diskEncryptionSets/read'] : []),
      ...(availabilitySet ? ['Microsoft.Compute/availabilitySets/write'] : []),
    ];
  }
  if (name !== 'networkInterfaces.createOrUpdate') return [];
  const configurations = listIn(ipConfigurations).map((configuration) => objectIn(configuration.properties));
  return [
    ...(configurations.some(({ subnet }) => subnet) ? ['Microsoft.Network/virtualNetworks/subnets/join/action'] : []),
    ...(configurations.some(({ publicIPAddress }) => publicIPAddress)
      ? ['Microsoft.Network/publicIPAddresses/join/action']
      : []),
    ...(networkSecurityGroup ? ['Microsoft.Network/networkSecurityGroups/join/action'] : []),
  ];
}
