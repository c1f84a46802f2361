import type { Ec2 } from './client.ts';

/**
 * The number of the account that the credentials open; undefined where it has no network at all. Each network has a group
 * of this name, which cannot be shared with other accounts.
 */
export async function accountAsked(ec2: Ec2): Promise<string | undefined> {
  const { SecurityGroups } = await (await ec2()).known.groups({
    Filters: [{ Name: 'group-name', Values: ['default'] }],
  });
  return SecurityGroups?.[0]?.OwnerId;
}
