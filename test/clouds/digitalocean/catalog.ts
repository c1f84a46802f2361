/** What DigitalOcean offers, in part, as its API shows it. */

const SLUGS = ['s-1vcpu-1gb', 's-2vcpu-2gb', 's-4vcpu-8gb'];

export const REGIONS = [
  region('nyc3', 'New York 3', true),
  region('sfo3', 'San Francisco 3', true),
  region('fra1', 'Frankfurt 1', true),
  region('nyc2', 'New York 2', false),
];

function region(slug: string, name: string, available: boolean) {
  return { slug, name, available, features: ['backups', 'ipv6', 'metadata'], sizes: available ? SLUGS : [] };
}

export const SIZES = [
  size('s-1vcpu-1gb', 1024, 1, 25, 0.00893, ['nyc3', 'sfo3', 'fra1']),
  size('s-2vcpu-2gb', 2048, 2, 60, 0.02679, ['nyc3', 'sfo3', 'fra1']),
  size('s-4vcpu-8gb', 8192, 4, 160, 0.07143, ['fra1']),
];

function size(slug: string, memory: number, vcpus: number, disk: number, price_hourly: number, regions: string[]) {
  const price_monthly = Math.round(price_hourly * 672);
  return {
    slug,
    memory,
    vcpus,
    disk,
    transfer: 1,
    price_monthly,
    price_hourly,
    regions,
    available: true,
    description: 'Basic',
  };
}

export const IMAGES = [
  image(6_918_990, 'debian-12-x64', 'Debian', '12 x64', 7),
  image(6_918_991, 'ubuntu-24-04-x64', 'Ubuntu', '24.04 (LTS) x64', 7),
  image(7_000_001, null, 'Debian', 'my own', 80),
];

function image(id: number, slug: string | null, distribution: string, name: string, min_disk_size: number) {
  return {
    id,
    name,
    distribution,
    slug,
    public: slug !== null,
    regions: ['nyc3', 'sfo3', 'fra1'],
    created_at: '2024-06-13T06:00:00Z',
    type: slug === null ? 'snapshot' : 'base',
    min_disk_size,
    size_gigabytes: 2.1,
    description: name,
    tags: [],
    status: 'available',
  };
}
