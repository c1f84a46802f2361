import type { Part, Plan } from '../driver.ts';
import type { Facts } from './facts.ts';
import { describeRules } from './firewall.ts';
import type { Place } from './place.ts';

export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const { price } = await facts();
  const period = place.settings.hourly ? 'hour' : 'month';
  return {
    parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind) })),
    price: `${Number(price.toFixed(4))} USD an ${period}, without its disk, taxes and traffic`.replace(
      'an month',
      'a month',
    ),
  };
}

function describe(place: Place, kind: string): string {
  const { cpus, memory, datacenter, image } = place.settings;
  if (kind === 'guest') return `${cpus} processors, ${memory} MB in ${datacenter}, ${image}`;
  return kind === 'key' ? "the machine's SSH key" : describeRules(place);
}
