import type { Place } from './ask.ts';
import { Failure, Refusal } from './refusal.ts';
import type { Thing, World } from './world.ts';

/** How much of what a quota counts there is in a region, or in the project. */
export function usage(world: World, metric: string, region: string): number {
  const inRegion = (collection: string) =>
    world.all(new RegExp(`/(zones/${region}-[a-z]|regions/${region})/${collection}/[^/]+$`));
  if (metric === 'FIREWALLS') return world.all(/\/global\/firewalls\/[^/]+$/).length;
  if (metric === 'NETWORKS') return world.all(/\/global\/networks\/[^/]+$/).length;
  if (metric === 'INSTANCES') return inRegion('instances').length;
  if (metric === 'STATIC_ADDRESSES') return inRegion('addresses').length;
  if (metric === 'IN_USE_ADDRESSES') return inRegion('instances').filter(({ natIP }) => natIP !== undefined).length;
  if (/^(SSD|DISKS)_TOTAL_GB$/.test(metric)) {
    const types = metric === 'SSD_TOTAL_GB' ? /pd-(ssd|balanced)$/ : /pd-standard$/;
    return sum(
      inRegion('disks').filter(({ type }) => types.test(String(type))),
      ({ sizeGb }) => Number(sizeGb),
    );
  }
  return sum(
    inRegion('instances').filter((instance) => cpuMetrics(instance).includes(metric)),
    (instance) => cpusOf(world, instance),
  );
}

/** @throws Refusal as the API answers at once */
export function refuseBeyond(world: World, place: Place, metric: string, region = ''): void {
  const limit = place.quotas[metric];
  if (limit === undefined || usage(world, metric, region) < limit) return;
  throw new Refusal(
    403,
    'quotaExceeded',
    `Quota '${metric}' exceeded.  Limit: ${limit}.0 ${region ? `in region ${region}` : 'globally'}.`,
  );
}

/** @throws Failure as the operation that makes an instance does, when the region would have more than it may */
export function failBeyond(world: World, place: Place, metric: string, region: string): void {
  const limit = place.quotas[metric];
  if (limit === undefined || usage(world, metric, region) <= limit) return;
  const quotaInfo = {
    metricName: `compute.googleapis.com/${metric}`,
    limitName: `${metric}-per-project-region`,
    dimensions: { region },
    limit,
  };
  const message = `Quota '${metric}' exceeded.  Limit: ${limit}.0 in region ${region}.`;
  throw new Failure('QUOTA_EXCEEDED', 403, message, [{ quotaInfo }]);
}

/** Series with a quota of their own count there. */
export function cpuMetrics(instance: Thing): string[] {
  return /\/n2-/.test(String(instance.machineType)) ? ['N2_CPUS'] : ['CPUS'];
}

function cpusOf(world: World, { machineType }: Thing): number {
  return Number(world.look(String(machineType).slice(world.root.length))?.guestCpus ?? 1);
}

function sum(things: readonly Thing[], of: (thing: Thing) => number): number {
  return things.reduce((total, thing) => total + of(thing), 0);
}
