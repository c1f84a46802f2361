import { type Ask, pathIn, regionOf } from './ask.ts';
import { invalid, Refusal } from './refusal.ts';

/** What an insert sends, as far as this server looks at it; the definitions have checked its form. */
export interface InstanceBody {
  readonly name: string;
  readonly machineType: string;
  readonly disks: readonly {
    readonly boot?: boolean;
    readonly autoDelete?: boolean;
    readonly initializeParams?: {
      readonly diskName?: string;
      readonly diskSizeGb?: string;
      readonly diskType?: string;
      readonly sourceImage?: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
  }[];
  readonly networkInterfaces: readonly {
    readonly network?: string;
    readonly subnetwork?: string;
    readonly accessConfigs?: readonly { readonly natIP?: string; readonly networkTier?: string }[];
    readonly ipv6AccessConfigs?: readonly object[];
  }[];
  readonly tags?: { readonly items?: readonly string[] };
  readonly metadata?: { readonly items?: readonly { readonly key: string; readonly value?: string }[] };
  readonly scheduling?: {
    readonly provisioningModel?: string;
    readonly automaticRestart?: boolean;
    readonly onHostMaintenance?: string;
    readonly instanceTerminationAction?: string;
    readonly maxRunDuration?: { readonly seconds?: string };
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccounts?: readonly { readonly email: string; readonly scopes?: readonly string[] }[];
  readonly shieldedInstanceConfig?: object;
}

/** What Google checks before it accepts an instance, beyond the form. @throws Refusal */
export function checkInstance(ask: Ask, body: InstanceBody): void {
  const { world } = ask;
  const type = world.get(pathIn(ask, body.machineType));
  const { initializeParams: disk = {} } = body.disks[0] ?? {};
  const image = imageOf(ask, disk.sourceImage);
  if (image.architecture !== (type.architecture ?? 'X86_64')) {
    throw invalid(`The image '${image.name}' and the machine type '${type.name}' are for different architectures.`);
  }
  if (Number(disk.diskSizeGb ?? image.diskSizeGb) < Number(image.diskSizeGb)) {
    throw invalid(`Requested disk size cannot be smaller than the image size (${image.diskSizeGb} GB)`);
  }
  if (disk.diskType !== undefined) checkDiskType(ask, disk.diskType, type.name);
  checkScheduling(body.scheduling ?? {});
  checkMetadata(body.metadata?.items ?? []);
  checkNames(body);
  checkCard(ask, body);
  const shielded = (image.guestOsFeatures as { type: string }[] | undefined)?.some(
    (each) => each.type === 'UEFI_COMPATIBLE',
  );
  if (body.shieldedInstanceConfig && !shielded) throw invalid('The image is not UEFI compatible.');
}

/** The newest of a family, everywhere or in one zone ("-" is the instance's own). */
const FAMILY = /^projects\/([^/]+)\/(?:global\/images\/family|zones\/[^/]+\/imageFamilyViews)\/([^/]+)$/;

function imageOf(ask: Ask, given: string | undefined) {
  const path = pathIn(ask, given);
  const [, project, family] = FAMILY.exec(path) ?? [];
  if (family === undefined) return ask.world.get(path);
  const images = ask.world.all(new RegExp(`^projects/${project}/global/images/`));
  const found = images.filter((image) => image.family === family).at(-1);
  if (found) return found;
  throw new Refusal(404, 'notFound', `The resource '${path}' was not found`);
}

function checkDiskType(ask: Ask, given: string, type: string): void {
  const disk = ask.world.get(pathIn(ask, given)).name;
  const hyperdiskOnly = /^(n4|c4a?)-/.test(type);
  if (hyperdiskOnly !== disk.startsWith('hyperdisk')) {
    throw invalid(`[${type}] features are not compatible for creating instance with disk type '${disk}'.`);
  }
}

export function checkScheduling(scheduling: NonNullable<InstanceBody['scheduling']>): void {
  const { provisioningModel, automaticRestart, onHostMaintenance, instanceTerminationAction } = scheduling;
  const { maxRunDuration } = scheduling;
  const seconds = Number(maxRunDuration?.seconds ?? 30);
  if (seconds < 30 || seconds > 120 * 86_400) throw invalid('maxRunDuration must be between 30 seconds and 120 days.');
  if (provisioningModel === 'SPOT') {
    if (automaticRestart !== false) throw invalid('Scheduling must have automaticRestart be false for SPOT.');
    if (onHostMaintenance !== 'TERMINATE')
      throw invalid('Scheduling must have onHostMaintenance be TERMINATE for SPOT.');
  } else if (instanceTerminationAction !== undefined && maxRunDuration === undefined) {
    throw invalid('instanceTerminationAction needs a provisioning model that ends.');
  }
}

function checkMetadata(items: readonly { readonly key: string; readonly value?: string }[]): void {
  const keys = items.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw invalid('Metadata has duplicate keys.');
  const sizes = items.map(({ value = '' }) => Buffer.byteLength(value));
  if (sizes.some((size) => size > 262_144))
    throw invalid("Value for field 'resource.metadata.items.value' is too large.");
  if (sizes.reduce((sum, size) => sum + size, 0) > 524_288) throw invalid('Metadata is too large.');
}

function checkNames({ tags, labels = {}, disks }: InstanceBody): void {
  const wrongTag = tags?.items?.find((tag) => !/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(tag));
  if (wrongTag !== undefined) throw invalid(`Invalid tag '${wrongTag}'.`);
  if (new Set(tags?.items).size < (tags?.items?.length ?? 0)) throw invalid('Duplicate tags.');
  for (const pairs of [labels, disks[0]?.initializeParams?.labels ?? {}]) {
    const wrong = Object.entries(pairs).find(
      ([key, value]) => !/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(value),
    );
    if (wrong) throw invalid(`Invalid label '${wrong.join('=')}'.`);
  }
}

function checkCard(ask: Ask, { networkInterfaces }: InstanceBody): void {
  const { world, path } = ask;
  const region = regionOf(path.zone ?? '');
  for (const { network, subnetwork, accessConfigs, ipv6AccessConfigs } of networkInterfaces) {
    const found = network === undefined ? undefined : world.get(pathIn(ask, network));
    if (found?.autoCreateSubnetworks === false && !subnetwork) throw invalid('Custom subnet mode needs a subnetwork.');
    const subnet = subnetwork === undefined ? undefined : world.get(pathIn(ask, subnetwork));
    if (subnet && !String(subnet.region).endsWith(`/${region}`)) throw invalid('The subnetwork is in another region.');
    if (subnet && found && subnet.network !== found.selfLink) throw invalid('The subnetwork is of another network.');
    if (ipv6AccessConfigs && subnet?.ipv6AccessType !== 'EXTERNAL')
      throw invalid('The subnetwork has no external IPv6.');
    for (const { natIP, networkTier } of accessConfigs ?? []) {
      if (natIP !== undefined) checkAddress(ask, natIP, networkTier ?? 'PREMIUM', region);
    }
  }
}

function checkAddress({ world }: Ask, natIP: string, tier: string, region: string): void {
  const found = world.all(new RegExp(`/regions/${region}/addresses/[^/]+$`)).find(({ address }) => address === natIP);
  if (!found)
    throw invalid(`Invalid value for field 'natIP': '${natIP}'. The specified external IP address is not reserved.`);
  if ((found.networkTier ?? 'PREMIUM') !== tier) throw invalid(`The network tier of ${natIP} is ${found.networkTier}.`);
  if (found.status === 'IN_USE') throw invalid(`External IP address: ${natIP} is already in-use.`);
}
