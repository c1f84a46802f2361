/** What this Azure sells: made up, in the shapes of the real lists. */
export const LOCATIONS: Readonly<Record<string, { readonly display: string; readonly zones: readonly string[] }>> = {
  eastus2: { display: 'East US 2', zones: ['1', '2', '3'] },
  westeurope: { display: 'West Europe', zones: ['1', '2', '3'] },
  westus: { display: 'West US', zones: [] },
};

export interface SizeEntry {
  readonly name: string;
  readonly family: string;
  readonly cores: number;
  readonly memory: number;
  readonly arch: 'x64' | 'Arm64';
  readonly generations: string;
  readonly abilities: readonly string[];
  /** Zones in which this subscription cannot have it; "location" for nowhere. */
  readonly barred?: readonly string[];
}

const ORDINARY = ['PremiumIO', 'EncryptionAtHostSupported', 'LowPriorityCapable'];

export const SIZES: readonly SizeEntry[] = [
  {
    name: 'Standard_B2ls_v2',
    family: 'standardBsv2Family',
    cores: 2,
    memory: 4,
    arch: 'x64',
    generations: 'V1,V2',
    abilities: ORDINARY,
  },
  {
    name: 'Standard_D2s_v5',
    family: 'standardDSv5Family',
    cores: 2,
    memory: 8,
    arch: 'x64',
    generations: 'V1,V2',
    abilities: ORDINARY,
  },
  {
    name: 'Standard_D4s_v5',
    family: 'standardDSv5Family',
    cores: 4,
    memory: 16,
    arch: 'x64',
    generations: 'V1,V2',
    abilities: ORDINARY,
  },
  {
    name: 'Standard_D2ps_v6',
    family: 'standardDpsv6Family',
    cores: 2,
    memory: 8,
    arch: 'Arm64',
    generations: 'V2',
    abilities: [...ORDINARY, 'TrustedLaunchDisabled'],
  },
  {
    name: 'Standard_A1_v2',
    family: 'standardAv2Family',
    cores: 1,
    memory: 2,
    arch: 'x64',
    generations: 'V1',
    abilities: [],
  },
  {
    name: 'Standard_NC4as_T4_v3',
    family: 'standardNCASv3Family',
    cores: 4,
    memory: 28,
    arch: 'x64',
    generations: 'V1,V2',
    abilities: ORDINARY,
    barred: ['location'],
  },
  {
    name: 'Standard_F2s_v2',
    family: 'standardFSv2Family',
    cores: 2,
    memory: 4,
    arch: 'x64',
    generations: 'V1,V2',
    abilities: ORDINARY,
    barred: ['2'],
  },
];

export interface ImageEntry {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly versions: readonly string[];
  readonly arch: 'x64' | 'Arm64';
  readonly generation: 'V1' | 'V2';
  readonly trusted: boolean;
  /** Somebody sells it, so its plan must be named. */
  readonly sold?: true;
}

const VERSIONS = ['0.20260901.9', '0.20261101.10', '0.20261101.9'];

export const IMAGES: readonly ImageEntry[] = [
  {
    publisher: 'Debian',
    offer: 'debian-12',
    sku: '12-gen2',
    versions: VERSIONS,
    arch: 'x64',
    generation: 'V2',
    trusted: true,
  },
  {
    publisher: 'Debian',
    offer: 'debian-12',
    sku: '12',
    versions: VERSIONS,
    arch: 'x64',
    generation: 'V1',
    trusted: false,
  },
  {
    publisher: 'Debian',
    offer: 'debian-12',
    sku: '12-arm64',
    versions: VERSIONS,
    arch: 'Arm64',
    generation: 'V2',
    trusted: false,
  },
  {
    publisher: 'Canonical',
    offer: 'ubuntu-24_04-lts',
    sku: 'server',
    versions: VERSIONS,
    arch: 'x64',
    generation: 'V2',
    trusted: true,
  },
  {
    publisher: 'Canonical',
    offer: 'ubuntu-24_04-lts',
    sku: 'server-arm64',
    versions: VERSIONS,
    arch: 'Arm64',
    generation: 'V2',
    trusted: false,
  },
  {
    publisher: 'seller',
    offer: 'hardened',
    sku: 'debian',
    versions: ['1.0.0'],
    arch: 'x64',
    generation: 'V2',
    trusted: true,
    sold: true,
  },
];

/** GiB of every image's disk. */
export const IMAGE_GIB = 30;

/** US dollars an hour. */
export const PRICES = { ordinary: 0.0416, spot: 0.0083, windows: 0.05 };

export function skuOf(size: SizeEntry, location: string): object {
  const zones = LOCATIONS[location]?.zones ?? [];
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.replace('Standard_', ''),
    family: size.family,
    locations: [location],
    locationInfo: [{ location, zones: [...zones], zoneDetails: [] }],
    capabilities: [
      { name: 'vCPUs', value: String(size.cores) },
      { name: 'MemoryGB', value: String(size.memory) },
      { name: 'CpuArchitectureType', value: size.arch },
      { name: 'HyperVGenerations', value: size.generations },
      ...['PremiumIO', 'EncryptionAtHostSupported', 'LowPriorityCapable'].map((name) => ({
        name,
        value: size.abilities.includes(name) ? 'True' : 'False',
      })),
      ...(size.abilities.includes('TrustedLaunchDisabled') ? [{ name: 'TrustedLaunchDisabled', value: 'True' }] : []),
    ],
    restrictions: restrictionsOf(size, location),
  };
}

function restrictionsOf({ barred = [] }: SizeEntry, location: string): object[] {
  const reason = { reasonCode: 'NotAvailableForSubscription' };
  if (barred.includes('location')) {
    return [{ ...reason, type: 'Location', values: [location], restrictionInfo: { locations: [location] } }];
  }
  if (barred.length === 0) return [];
  return [
    { ...reason, type: 'Zone', values: [location], restrictionInfo: { locations: [location], zones: [...barred] } },
  ];
}

export function imageOf(image: ImageEntry, version: string, location: string): object {
  return {
    location,
    name: version,
    properties: {
      hyperVGeneration: image.generation,
      architecture: image.arch,
      osDiskImage: { operatingSystem: 'Linux' },
      dataDiskImages: [],
      features: image.trusted ? [{ name: 'SecurityType', value: 'TrustedLaunchSupported' }] : [],
      ...(image.sold ? { plan: { publisher: image.publisher, name: image.sku, product: image.offer } } : {}),
    },
  };
}

/** The public list of prices has three of the kind: with Windows, spot, and what is asked for. */
export function pricesOf(size: string, location: string): object[] {
  const base = {
    currencyCode: 'USD',
    armRegionName: location,
    armSkuName: size,
    unitOfMeasure: '1 Hour',
    type: 'Consumption',
  };
  const short = size.replace('Standard_', '').replaceAll('_', ' ');
  return [
    { ...base, retailPrice: PRICES.windows, productName: 'Virtual Machines Series Windows', skuName: short },
    { ...base, retailPrice: PRICES.spot, productName: 'Virtual Machines Series', skuName: `${short} Spot` },
    { ...base, retailPrice: 0.009, productName: 'Virtual Machines Series', skuName: `${short} Low Priority` },
    { ...base, retailPrice: PRICES.ordinary, productName: 'Virtual Machines Series', skuName: short },
  ];
}
