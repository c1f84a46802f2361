import type { ResourceSku } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';
import { ask } from './failures.ts';
import type { Arch } from './image-names.ts';
import { near } from './near.ts';
import { all } from './pages.ts';
import type { Place } from './place.ts';

/** What a size can do in one location. */
export interface Size {
  readonly name: string;
  readonly family: string;
  readonly arch: Arch;
  readonly cores: number;
  /** "2 cores, 4 GiB". */
  readonly about: string;
  /** Of the virtual hardware. */
  readonly generations: readonly string[];
  readonly zones: readonly string[];
  readonly trustedLaunch: boolean;
  readonly encryptionAtHost: boolean;
  readonly premiumDisk: boolean;
  readonly spot: boolean;
  /** Where this subscription cannot have it: zones, or the whole location. */
  readonly barred: { readonly location: boolean; readonly zones: readonly string[] };
}

/** Lists are long, and the same for as long as a command takes. */
const lists = new WeakMap<object, Map<string, Promise<ResourceSku[]>>>();

/** @throws SlipwayError `bad-input` with near names where there is none of this name, or no such location */
export async function sizeOf(place: Place): Promise<Size> {
  const { size: name, location } = place.settings;
  const skus = await sizesIn(place);
  const sku = skus.find((each) => each.name?.toLowerCase() === name.toLowerCase());
  if (sku) return understood(sku, location);
  if (skus.length === 0) await checkLocation(place);
  throw new SlipwayError('bad-input', `There is no size "${name}" in "${location}"`, {
    hint: near(
      name,
      skus.map((each) => each.name ?? ''),
    ),
  });
}

async function sizesIn({ settings: { location }, clients, options }: Place): Promise<ResourceSku[]> {
  const known = lists.get(clients) ?? new Map<string, Promise<ResourceSku[]>>();
  lists.set(clients, known);
  const listed = known.get(location) ?? list();
  known.set(location, listed);
  listed.catch(() => known.delete(location));
  return listed;

  async function list(): Promise<ResourceSku[]> {
    const { resourceSkus } = await clients.compute();
    const filter = { ...options, filter: `location eq '${location}'` };
    const skus = await ask(`list the sizes in "${location}"`, () => all(resourceSkus.list(filter)));
    return skus.filter((sku) => sku.resourceType === 'virtualMachines');
  }
}

async function checkLocation({ settings: { location }, clients, options }: Place): Promise<void> {
  const { providers } = await clients.resources();
  const provider = await ask('look at what the subscription can use', () =>
    providers.get('Microsoft.Compute', options),
  );
  const machines = provider.resourceTypes?.find(({ resourceType }) => resourceType === 'virtualMachines');
  const locations = (machines?.locations ?? []).map((name) => name.toLowerCase().replaceAll(' ', ''));
  if (locations.includes(location)) return;
  throw new SlipwayError('bad-input', `There is no location "${location}"`, { hint: near(location, locations) });
}

function understood(sku: ResourceSku, location: string): Size {
  const can = (name: string) => sku.capabilities?.find((each) => each.name === name)?.value;
  const is = (name: string) => can(name)?.toLowerCase() === 'true';
  const restrictions = sku.restrictions ?? [];
  return {
    name: sku.name ?? '',
    family: sku.family ?? '',
    arch: can('CpuArchitectureType') === 'Arm64' ? 'Arm64' : 'x64',
    cores: Number(can('vCPUs') ?? 1),
    about: `${can('vCPUs')} cores, ${can('MemoryGB')} GiB`,
    generations: (can('HyperVGenerations') ?? 'V1').split(','),
    zones: sku.locationInfo?.find((info) => info.location?.toLowerCase() === location)?.zones ?? [],
    trustedLaunch: !is('TrustedLaunchDisabled') && (can('HyperVGenerations') ?? '').includes('V2'),
    encryptionAtHost: is('EncryptionAtHostSupported'),
    premiumDisk: is('PremiumIO'),
    spot: is('LowPriorityCapable'),
    barred: {
      location: restrictions.some(({ type }) => type === 'Location'),
      zones: restrictions.flatMap(({ restrictionInfo }) => restrictionInfo?.zones ?? []),
    },
  };
}
