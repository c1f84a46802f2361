import type { Address } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Part, Site } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { awsCode } from './failures.ts';
import type { Settings } from './settings.ts';
import { ifKnown, onceKnown } from './settling.ts';
import { tagsFor } from './tags.ts';

/** For the instance that has the address to be gone, in milliseconds. */
const IN_USE_LIMIT = 120_000;

/** An elastic address for this machine alone. */
export function addressPart(ec2: Ec2, settings: Settings, site: Site): Part {
  const { signal } = site;
  const find = async (key: string) => (await (await ec2()).addressByKey(key))?.AllocationId;
  return {
    kind: 'address',
    settles: 15_000,
    find,
    async create(key) {
      const api = await ec2();
      const there = await find(key);
      if (there !== undefined) return there;
      const TagSpecifications = tagsFor(['elastic-ip'], key, settings, site);
      const { AllocationId = '' } = await api.allocateAddress({ Domain: 'vpc', TagSpecifications });
      await onceKnown(`the address "${AllocationId}"`, signal, () => find(key));
      return AllocationId;
    },
    async destroy(id) {
      const api = await ec2();
      const wait = { what: `the address "${id}" to be out of use`, limit: IN_USE_LIMIT, signal, pause: 2000 };
      const gone = () => ifKnown(api.releaseAddress({ AllocationId: id })).then(() => true as const);
      await waitFor(wait, gone, (error) => awsCode(error) === 'InvalidIPAddress.InUse');
    },
  };
}

/** The address that the user named. @throws SlipwayError `bad-input` for one that is not there, or is in use */
export async function namedAddress(ec2: Ec2, named: string, region: string): Promise<Address> {
  const asked = named.startsWith('eipalloc-') ? { AllocationIds: [named] } : { PublicIps: [named] };
  const address = (await ifKnown((await ec2()).addresses(asked)))?.Addresses?.[0];
  if (!address) {
    throw new SlipwayError('bad-input', `The account has no elastic address "${named}" in "${region}"`, {
      hint: 'See those that it has: aws ec2 describe-addresses. Or say: --amazonec2-elastic-ip new',
    });
  }
  if (address.AssociationId === undefined) return address;
  const user = address.InstanceId ?? address.NetworkInterfaceId;
  throw new SlipwayError('bad-input', `The elastic address "${named}" is in use by "${user}"`);
}
