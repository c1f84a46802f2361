/** cloud.ibm.com/docs/account?topic=account-infrapermission, by their key names: what a user must be permitted. */
const NEEDED: readonly (readonly [RegExp, readonly string[]])[] = [
  [/Virtual_Guest\/createObject$/, ['SERVER_ADD']],
  [/Virtual_GuestID\}\/deleteObject$/, ['SERVER_CANCEL']],
  [/Virtual_GuestID\}\/(power\w+|reboot\w+)$/, ['REMOTE_MANAGEMENT']],
  [/Virtual_GuestID\}\/editObject$/, ['HOSTNAME_EDIT']],
  [/Virtual_GuestID\}\/(setTags|getObject)$|getVirtualGuests$/, ['VIRTUAL_GUEST_VIEW']],
  [/Security_Ssh_Key|getSshKeys$/, ['CUSTOMER_SSH_KEY_MANAGEMENT']],
  [/Network_SecurityGroup|getSecurityGroups$/, ['MANAGE_SECURITY_GROUPS']],
];

/** The parameter is that of an order. */
export function permissionsFor(
  operation: string,
  parameter: { privateNetworkOnlyFlag?: boolean } | undefined,
): string[] {
  const own = NEEDED.find(([form]) => form.test(operation))?.[1] ?? [];
  const isPublic = own.includes('SERVER_ADD') && parameter?.privateNetworkOnlyFlag !== true;
  return isPublic ? [...own, 'PUBLIC_NETWORK_COMPUTE'] : [...own];
}
