import type { World } from './world.ts';

export const PROJECT = 'slipway-test';

const REGIONS: Readonly<Record<string, readonly string[]>> = {
  'us-central1': ['a', 'b', 'c'],
  'europe-west1': ['b', 'c', 'd'],
};

/** Processors, megabytes and architecture; n1 tells no architecture, as types of old do not. */
const TYPES: Readonly<Record<string, readonly [number, number, string?]>> = {
  'e2-micro': [2, 1024, 'X86_64'],
  'e2-small': [2, 2048, 'X86_64'],
  'e2-medium': [2, 4096, 'X86_64'],
  'e2-standard-2': [2, 8192, 'X86_64'],
  'n1-standard-1': [1, 3840],
  'n2-standard-2': [2, 8192, 'X86_64'],
  'n4-standard-2': [2, 8192, 'X86_64'],
  't2a-standard-1': [1, 4096, 'ARM64'],
  'c4a-standard-1': [1, 4096, 'ARM64'],
};

const DISK_TYPES = ['pd-standard', 'pd-balanced', 'pd-ssd', 'hyperdisk-balanced'];

/** Project, family, name, architecture. */
const IMAGES: readonly (readonly [string, string, string, string, number])[] = [
  ['ubuntu-os-cloud', 'ubuntu-2404-lts-amd64', 'ubuntu-2404-noble-amd64-v20261104', 'X86_64', 10],
  ['ubuntu-os-cloud', 'ubuntu-2404-lts-arm64', 'ubuntu-2404-noble-arm64-v20261104', 'ARM64', 10],
  ['ubuntu-os-cloud', 'ubuntu-2204-lts', 'ubuntu-2204-jammy-v20261110', 'X86_64', 10],
  ['ubuntu-os-cloud', 'ubuntu-2204-lts-arm64', 'ubuntu-2204-jammy-arm64-v20261110', 'ARM64', 10],
  ['debian-cloud', 'debian-12', 'debian-12-bookworm-v20261112', 'X86_64', 10],
  ['debian-cloud', 'debian-12-arm64', 'debian-12-bookworm-arm64-v20261112', 'ARM64', 10],
  [PROJECT, 'golden', 'golden-1', 'X86_64', 50],
];

/** What every region grants; "INSTANCES", "CPUS". */
export const QUOTAS: Readonly<Record<string, number>> = {
  INSTANCES: 24,
  CPUS: 24,
  N2_CPUS: 24,
  PREEMPTIBLE_CPUS: 0,
  IN_USE_ADDRESSES: 8,
  STATIC_ADDRESSES: 8,
  SSD_TOTAL_GB: 500,
  DISKS_TOTAL_GB: 4096,
};

/** What a new project finds: places, types, images, and the network "default" with its rules. */
export function furnish(world: World): void {
  const give = (path: string, kind: string, fields: object) => world.show(path, kind, fields, true);
  const { root } = world;
  for (const project of [PROJECT, 'ubuntu-os-cloud', 'debian-cloud']) give(`projects/${project}`, 'project', {});
  for (const [region, letters] of Object.entries(REGIONS)) {
    const regionPath = `projects/${PROJECT}/regions/${region}`;
    const zones = letters.map((letter) => `projects/${PROJECT}/zones/${region}-${letter}`);
    give(regionPath, 'region', { status: 'UP', zones: zones.map((zone) => root + zone) });
    for (const zone of zones) furnishZone(give, root, zone, regionPath);
  }
  for (const [project, family, name, architecture, size] of IMAGES) {
    give(`projects/${project}/global/images/${name}`, 'image', {
      family,
      architecture,
      status: 'READY',
      diskSizeGb: String(size),
      ...(project === PROJECT ? {} : { guestOsFeatures: [{ type: 'UEFI_COMPATIBLE' }, { type: 'GVNIC' }] }),
    });
  }
  defaultNetwork(world, give);
}

type Give = (path: string, kind: string, fields: object) => unknown;

function furnishZone(give: Give, root: string, zone: string, region: string): void {
  const name = zone.split('/').at(-1);
  give(zone, 'zone', { status: 'UP', region: root + region });
  for (const [type, [guestCpus, memoryMb, architecture]] of Object.entries(TYPES)) {
    const isSharedCpu = /^e2-(micro|small|medium)$/.test(type);
    const told = architecture === undefined ? {} : { architecture };
    give(`${zone}/machineTypes/${type}`, 'machineType', { guestCpus, memoryMb, isSharedCpu, zone: name, ...told });
  }
  for (const type of DISK_TYPES) give(`${zone}/diskTypes/${type}`, 'diskType', { zone: root + zone });
}

function defaultNetwork(world: World, give: Give): void {
  const path = `projects/${PROJECT}/global/networks/default`;
  give(path, 'network', { autoCreateSubnetworks: true, ...subnetworks(world, path, give) });
  for (const [name, ports] of Object.entries({ ssh: '22', rdp: '3389' })) {
    give(`projects/${PROJECT}/global/firewalls/default-allow-${name}`, 'firewall', {
      network: world.root + path,
      priority: 65534,
      direction: 'INGRESS',
      sourceRanges: ['0.0.0.0/0'],
      allowed: [{ IPProtocol: 'tcp', ports: [ports] }],
      disabled: false,
    });
  }
}

/** One in each region, as a network in auto mode has them. Gives the field that names them. */
export function subnetworks(world: World, network: string, show: Give): { subnetworks: string[] } {
  const name = network.split('/').at(-1);
  const paths = Object.keys(REGIONS).map((region) => `projects/${PROJECT}/regions/${region}/subnetworks/${name}`);
  for (const [index, path] of paths.entries()) {
    const region = path.slice(0, path.indexOf('/subnetworks'));
    show(path, 'subnetwork', {
      network: world.root + network,
      region: world.root + region,
      ipCidrRange: `10.${128 + index * 4}.0.0/20`,
      stackType: 'IPV4_ONLY',
    });
  }
  return { subnetworks: paths.map((path) => world.root + path) };
}
