import type { Part, Plan } from '../driver.ts';
import type { Facts } from './facts.ts';
import { describeRule } from './firewall.ts';
import { describeInstance } from './instance.ts';
import type { Place } from './place.ts';

/** What create would make. */
export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const found = await facts();
  return { parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind, found) })), price: NOT_KNOWN };
}

/** docs/decisions/2026-11-22-google-prices.md tells why. */
const NOT_KNOWN = "not known: Google's list has none by machine type; see https://cloud.google.com/compute/all-pricing";

function describe(place: Place, kind: string, facts: Facts): string {
  const { settings } = place;
  if (kind === 'instance') return describeInstance(place, facts);
  if (kind === 'address') return `a static external address in ${settings.region}`;
  if (kind === 'network') return `a network in ${settings.project}, shared by the machines of this store`;
  return describeRule(place, kind);
}
