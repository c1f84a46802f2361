import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import type { Ec2 } from './client.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { Architecture } from './wish.ts';

/** The architecture that the type's processor has. @throws SlipwayError `bad-input` for a type that there is not */
export async function architectureOf(ec2: Ec2, { type, region }: Settings): Promise<Architecture> {
  const asked = { Filters: [{ Name: 'instance-type', Values: [type] }] };
  const [found] = await allPages((await ec2()).known.types, asked, (page) => page.InstanceTypes);
  const processor = found?.ProcessorInfo?.SupportedArchitectures;
  if (processor) return processor.includes('arm64') ? 'arm64' : 'x86_64';
  throw new SlipwayError('bad-input', `There is no instance type "${type}" in "${region}"`, {
    hint: `There are: ${nearest(type, await typesOf(ec2)).join(', ')}`,
  });
}

async function typesOf(ec2: Ec2): Promise<string[]> {
  const api = await ec2();
  const offers = await allPages(
    api.known.typeOfferings,
    { LocationType: 'region' },
    (page) => page.InstanceTypeOfferings,
  );
  return offers.map(({ InstanceType = '' }) => InstanceType);
}
