import type { Part, Plan } from '../driver.ts';
import { type Facts, labelOf } from './facts.ts';
import { describeRules } from './firewall.ts';
import type { Place } from './place.ts';
import { userDataOf } from './server.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads; limits cannot be asked for. */
export async function checkPlace({ site }: Place, facts: () => Promise<Facts>): Promise<void> {
  if (site.bootstrap) userDataOf(site.bootstrap.userData);
  await facts();
}

export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const found = await facts();
  const price = priceOf(found);
  return {
    parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind, found) })),
    ...(price === undefined ? {} : { price }),
  };
}

function describe(place: Place, kind: string, facts: Facts): string {
  const { location } = place.settings;
  if (kind === 'server') return describeServer(facts);
  if (kind === 'key') return "the machine's SSH key";
  if (kind === 'network') return `a private network in ${location}, shared by the machines of this store`;
  if (kind === 'placement-group') return 'spread over hosts, shared by the machines of this store';
  return describeRules(place);
}

function describeServer({ type, location, image }: Facts): string {
  const size = `${type.cores} processors, ${type.memory} GB, ${type.disk} GB of disk`;
  return `${type.name} (${size}) in ${location.name}, ${labelOf(image)}`;
}

function priceOf({ type, location }: Facts): string | undefined {
  const price = type.prices.find((each) => each.location === location.name)?.price_hourly.net;
  if (price === undefined) return undefined;
  const amount = price.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return `${amount} EUR an hour, without VAT, its IPv4 address, and traffic beyond what is included`;
}
