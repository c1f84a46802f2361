import type { Facts, Flavor } from './facts.ts';
import { quotaFailure } from './failures.ts';
import type { Place } from './place.ts';

/** docs.openstack.org/api-ref/compute, "Show Rate And Absolute Limits"; -1 says that there is none. Memory in MB. */
interface Limits {
  readonly maxTotalInstances: number;
  readonly totalInstancesUsed: number;
  readonly maxTotalCores: number;
  readonly totalCoresUsed: number;
  readonly maxTotalRAMSize: number;
  readonly totalRAMUsed: number;
}

/** @throws SlipwayError `quota` where one more such server would be too much */
export async function refuseWhatIsTooMuch(place: Place, { flavor }: Facts, cause?: unknown): Promise<void> {
  const { limits } = await place.openstack.compute.ask<{ limits: { absolute: Limits } }>('GET', '/limits');
  const short = shortOf(limits.absolute, flavor);
  if (short !== undefined) throw quotaFailure(short, cause);
}

function shortOf(limits: Limits, { vcpus, ram }: Flavor): string | undefined {
  const needs = [
    { what: 'servers', most: limits.maxTotalInstances, used: limits.totalInstancesUsed, more: 1 },
    { what: 'processors', most: limits.maxTotalCores, used: limits.totalCoresUsed, more: vcpus },
    { what: 'MB of memory', most: limits.maxTotalRAMSize, used: limits.totalRAMUsed, more: ram },
  ];
  const short = needs.find(({ most, used, more }) => most >= 0 && used + more > most);
  return short && `${short.what} than ${short.most}, and has ${short.used}`;
}
