import type { Part, Plan } from '../driver.ts';
import { userDataOf } from './droplet.ts';
import { checkLimit, type Facts, nameOf } from './facts.ts';
import { describeRules } from './firewall.ts';
import type { Place } from './place.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkPlace(place: Place, facts: () => Promise<Facts>): Promise<void> {
  const { site } = place;
  if (site.bootstrap) userDataOf(site.bootstrap.userData);
  await facts();
  await site.memory.recall('digitalocean limit', () => checkLimit(place), FRESH);
}

/** For the machines of one command; in milliseconds, as others make droplets too. */
const FRESH = 10_000;

export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const found = await facts();
  const extra = place.settings.backups ? ', backups' : '';
  return {
    parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind, found) })),
    price: `${found.size.price_hourly} USD an hour, without taxes${extra}, and traffic beyond what is included`,
  };
}

function describe(place: Place, kind: string, { size, image }: Facts): string {
  const { region, reserved } = place.settings;
  if (kind === 'droplet') {
    const what = `${size.vcpus} processors, ${size.memory} MB, ${size.disk} GB of disk`;
    return `${size.slug} (${what}) in ${region}, ${nameOf(image)}`;
  }
  if (kind === 'key') return "the machine's SSH key";
  if (kind === 'vpc') return `a private network in ${region}, shared by the machines of this store`;
  if (kind === 'tag') return 'says whose the machine is';
  if (kind === 'address') return reserved === 'new' ? `a reserved address in ${region}` : `your address ${reserved}`;
  return describeRules(place);
}
