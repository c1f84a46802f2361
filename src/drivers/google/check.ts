import { codeOf, SlipwayError } from '../../errors.ts';
import { namedAddress } from './address.ts';
import { seriesOf } from './architecture.ts';
import type { Facts } from './facts.ts';
import { ifThere } from './failures.ts';
import { instanceNow, metadataOf } from './instance.ts';
import { tagsOfRules } from './named-rules.ts';
import { near } from './near.ts';
import { lastOf, parsePath } from './paths.ts';
import type { Place } from './place.ts';
import { checkLifetime } from './scheduling.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkPlace(place: Place, facts: () => Promise<Facts>): Promise<void> {
  if (place.site.bootstrap) metadataOf(place);
  checkLifetime(place);
  await checkZone(place);
  const found = await facts();
  checkDisk(place, found);
  await Promise.all([checkNetwork(place), checkSubnetwork(place), checkAddress(place), tagsOfRules(place)]);
  await checkQuota(place, found);
}

/** Throws where there is no instance of the machine's name to take over. Only reads. */
export async function checkExisting(place: Place): Promise<void> {
  if (await instanceNow(place, {})) return;
  const { zone, project } = place.settings;
  throw new SlipwayError('bad-input', `There is no instance "${place.site.machine}" in "${zone}" of "${project}"`, {
    hint: 'Its name must be the name of the machine, and --google-zone where it is.',
  });
}

async function checkZone({ google, settings: { project, zone } }: Place): Promise<void> {
  if (await ifThere(google.known(`zone ${zone}`, ({ zones }, options) => zones.get({ project, zone }, options))))
    return;
  const listed = google.ask(({ zones }, options) => zones.list({ project, fields: 'items/name' }, options));
  const known = await listed.then(
    () => true,
    (error: unknown) => codeOf(error) !== 'not-found',
  );
  if (!known) throw new SlipwayError('bad-input', `There is no project "${project}"`, { hint: PROJECTS });
  throw new SlipwayError('bad-input', `There is no zone "${zone}"`, await near(zone, listed));
}

const PROJECTS = 'This prints those that you can see: gcloud projects list';

function checkDisk({ settings }: Place, { image }: Facts): void {
  const least = Number(image.diskSizeGb ?? 0);
  if (settings.disk.size >= least) return;
  throw new SlipwayError('bad-input', `The image "${image.name}" needs a disk of ${least} GB`, {
    hint: `Say --google-disk-size ${least}`,
  });
}

async function checkNetwork({ google, settings }: Place): Promise<void> {
  const { network, subnetwork } = settings;
  if (typeof network !== 'object') return;
  const { project, name } = parsePath(network.path);
  const found = await ifThere(
    google.known(`network ${project} ${name}`, ({ networks }, options) =>
      networks.get({ project, network: name }, options),
    ),
  );
  if (found === undefined) {
    throw new SlipwayError('bad-input', `The project "${project}" has no network "${name}"`, {
      hint: 'Name one with --google-network, or let one be made: --google-network own',
    });
  }
  if (found.autoCreateSubnetworks !== false || subnetwork !== undefined) return;
  const inRegion = (found.subnetworks ?? []).filter((url) => url.includes(`/regions/${settings.region}/`)).map(lastOf);
  throw new SlipwayError('bad-input', `The network "${name}" needs to be told which subnetwork of it`, {
    hint: `Say --google-subnetwork NAME; in "${settings.region}" there are: ${inRegion.join(', ') || 'none'}`,
  });
}

async function checkSubnetwork({ google, settings }: Place): Promise<void> {
  if (settings.subnetwork === undefined) return;
  const { project, region = '', name } = parsePath(settings.subnetwork);
  const which = { project, region, subnetwork: name };
  const found = await ifThere(
    google.known(`subnetwork ${project} ${region} ${name}`, ({ subnetworks }, options) =>
      subnetworks.get(which, options),
    ),
  );
  if (found === undefined) {
    const where = { project, region, fields: 'items/name' };
    const listed = google.ask(({ subnetworks }, options) => subnetworks.list(where, options));
    throw new SlipwayError('bad-input', `There is no subnetwork "${name}" in "${region}"`, await near(name, listed));
  }
  if (!settings.ipv6 || (found.stackType === 'IPV4_IPV6' && found.ipv6AccessType === 'EXTERNAL')) return;
  throw new SlipwayError('bad-input', `The subnetwork "${name}" gives out no external IPv6 addresses`, {
    hint: `Let it: gcloud compute networks subnets update ${name} --stack-type=IPV4_IPV6 --ipv6-access-type=EXTERNAL`,
  });
}

async function checkAddress(place: Place): Promise<void> {
  const { address, region } = place.settings;
  if (typeof address !== 'object') return;
  const given = 'ip' in address ? address.ip : address.name;
  const found = await namedAddress(place, address);
  if (found === undefined) {
    throw new SlipwayError('bad-input', `There is no static address "${given}" in "${region}"`, {
      hint: 'This prints those that there are: gcloud compute addresses list',
    });
  }
  if (found.status === 'RESERVED' && found.addressType !== 'INTERNAL') return;
  throw new SlipwayError('bad-input', `The address "${given}" is internal, or something uses it already`);
}

/** Not every limit can be seen beforehand; those that end most attempts can. */
async function checkQuota(place: Place, facts: Facts): Promise<void> {
  const { project, region } = place.settings;
  const { quotas = [] } = await place.google.known(`quotas ${region}`, ({ regions }, options) =>
    regions.get({ project, region }, options),
  );
  const limits = new Map(quotas.map(({ metric, limit, usage }) => [metric, { limit: limit ?? 0, usage: usage ?? 0 }]));
  for (const [metric, amount] of needs(place, facts, (name) => limits.get(name)?.limit)) {
    const quota = limits.get(metric);
    if (quota !== undefined && quota.usage + amount > quota.limit) throw usedUp(place, metric, amount, quota);
  }
}

function needs(
  { settings }: Place,
  { type }: Facts,
  limitOf: (metric: string) => number | undefined,
): (readonly [metric: string, amount: number])[] {
  const series = `${seriesOf(settings.type).toUpperCase()}_CPUS`;
  const regular = limitOf(series) === undefined ? 'CPUS' : series;
  const cpus = settings.spot && limitOf('PREEMPTIBLE_CPUS') ? 'PREEMPTIBLE_CPUS' : regular;
  return [
    ['INSTANCES', 1],
    [cpus, type.guestCpus ?? 1],
    ...(settings.address === 'passing' || settings.address === 'own' ? [['IN_USE_ADDRESSES', 1] as const] : []),
    ...(settings.address === 'own' ? [['STATIC_ADDRESSES', 1] as const] : []),
    ...diskMetric(settings.disk.type).map((metric) => [metric, settings.disk.size] as const),
  ];
}

/** Balanced disks count as SSD; cloud.google.com/compute/resource-usage, "Disk quotas". */
function diskMetric(type: string): string[] {
  if (type === 'pd-standard') return ['DISKS_TOTAL_GB'];
  return type === 'pd-ssd' || type === 'pd-balanced' ? ['SSD_TOTAL_GB'] : [];
}

function usedUp(
  { settings: { project, region } }: Place,
  metric: string,
  amount: number,
  { limit, usage }: { limit: number; usage: number },
): SlipwayError {
  const sentence = `The quota "${metric}" of "${project}" in "${region}" has no room for ${amount} more: ${usage} of ${limit}`;
  return new SlipwayError('quota', sentence, {
    hint: `Ask for more: https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
  });
}
