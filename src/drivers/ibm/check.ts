import type { Part, Plan } from '../driver.ts';
import type { Facts } from './facts.ts';
import { describeRules } from './firewall.ts';
import { userDataOf } from './instance.ts';
import type { Place } from './place.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads; quotas cannot be asked for. */
export async function checkPlace({ site }: Place, facts: () => Promise<Facts>): Promise<void> {
  if (site.bootstrap) userDataOf(site.bootstrap.userData);
  await facts();
}

export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const found = await facts();
  return { parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind, found) })) };
}

function describe(place: Place, kind: string, facts: Facts): string {
  if (kind === 'instance') return describeInstance(place, facts);
  if (kind === 'key') return "the machine's SSH key";
  if (kind === 'address') return `a floating address in ${facts.subnet.zone.name}`;
  return describeRules(place);
}

function describeInstance({ settings }: Place, { profile, subnet, image }: Facts): string {
  const disk = settings.diskSize ?? image.minimum_provisioned_size ?? 100;
  const size = `${profile.vcpu_count.value} processors, ${profile.memory.value} GB, ${disk} GB of disk`;
  return `${profile.name} (${size}) in ${subnet.zone.name}, subnet ${subnet.name} of ${subnet.vpc.name}, ${image.name}`;
}
