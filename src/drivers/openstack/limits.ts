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

/** docs.openstack.org/api-ref/block-storage/v3, "Show absolute limits for a project"; sizes in GB. */
interface VolumeLimits {
  readonly maxTotalVolumes: number;
  readonly totalVolumesUsed: number;
  readonly maxTotalVolumeGigabytes: number;
  readonly totalGigabytesUsed: number;
}

/** @throws SlipwayError `quota` where one more such volume would be too much */
export async function refuseTooLargeVolume(place: Place, { volume }: Facts, cause?: unknown): Promise<void> {
  if (volume === undefined) return;
  const { limits } = await place.openstack.volume.ask<{ limits: { absolute: VolumeLimits } }>('GET', '/limits');
  const { maxTotalVolumes, totalVolumesUsed, maxTotalVolumeGigabytes, totalGigabytesUsed } = limits.absolute;
  const short = firstShort([
    { what: 'volumes', most: maxTotalVolumes, used: totalVolumesUsed, more: 1 },
    { what: 'GB of volumes', most: maxTotalVolumeGigabytes, used: totalGigabytesUsed, more: volume.size },
  ]);
  if (short !== undefined) throw quotaFailure(short, cause);
}

function shortOf(limits: Limits, { vcpus, ram }: Flavor): string | undefined {
  return firstShort([
    { what: 'servers', most: limits.maxTotalInstances, used: limits.totalInstancesUsed, more: 1 },
    { what: 'processors', most: limits.maxTotalCores, used: limits.totalCoresUsed, more: vcpus },
    { what: 'MB of memory', most: limits.maxTotalRAMSize, used: limits.totalRAMUsed, more: ram },
  ]);
}

interface Need {
  readonly what: string;
  readonly most: number;
  readonly used: number;
  readonly more: number;
}

function firstShort(needs: readonly Need[]): string | undefined {
  const short = needs.find(({ most, used, more }) => most >= 0 && used + more > most);
  return short && `${short.what} than ${short.most}, and has ${short.used}`;
}
