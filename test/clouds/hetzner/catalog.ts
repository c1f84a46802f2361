/** What Hetzner offers, in part, as its API shows it. */

export const LOCATIONS = [
  location(1, 'fsn1', 'eu-central', 'Falkenstein', 'DE'),
  location(2, 'nbg1', 'eu-central', 'Nuremberg', 'DE'),
  location(3, 'hel1', 'eu-central', 'Helsinki', 'FI'),
  location(4, 'ash', 'us-east', 'Ashburn, VA', 'US'),
];

function location(id: number, name: string, network_zone: string, city: string, country: string) {
  const description = `${city} DC Park 1`;
  return { id, name, description, country, city, latitude: 50.5, longitude: 12.4, network_zone };
}

const EUROPE = ['fsn1', 'nbg1', 'hel1'];
const PAST = { announced: '2025-05-01T00:00:00+00:00', unavailable_after: '2026-01-01T00:00:00+00:00' };

export const TYPES = [
  type(114, 'cx23', 'x86', { cores: 2, memory: 4, disk: 40, net: '0.0056000000' }, EUROPE),
  type(115, 'cx33', 'x86', { cores: 4, memory: 8, disk: 80, net: '0.0088000000' }, EUROPE),
  type(22, 'cpx11', 'x86', { cores: 2, memory: 2, disk: 40, net: '0.0070000000' }, ['ash']),
  type(109, 'cpx22', 'x86', { cores: 2, memory: 4, disk: 80, net: '0.0104000000' }, EUROPE),
  type(45, 'cax11', 'arm', { cores: 2, memory: 4, disk: 40, net: '0.0061000000' }, EUROPE),
  type(1, 'cx11', 'x86', { cores: 1, memory: 2, disk: 20, net: '0.0050000000' }, ['fsn1'], PAST),
];

interface Size {
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
  readonly net: string;
}

function type(
  id: number,
  name: string,
  architecture: 'x86' | 'arm',
  { cores, memory, disk, net }: Size,
  places: readonly string[],
  deprecation: typeof PAST | null = null,
) {
  const price = (amount: string) => ({ net: amount, gross: `${amount}00000` });
  return {
    id,
    name,
    description: name.toUpperCase(),
    cores,
    memory,
    disk,
    deprecated: deprecation !== null,
    deprecation,
    category: 'Shared vCPU',
    storage_type: 'local',
    cpu_type: 'shared',
    architecture,
    locations: LOCATIONS.filter((each) => places.includes(each.name)).map((each) => ({
      id: each.id,
      name: each.name,
      deprecation,
    })),
    prices: places.map((place) => ({
      location: place,
      price_hourly: price(net),
      price_monthly: price('3.4900000000'),
      included_traffic: 21_990_232_555_520,
      price_per_tb_traffic: price('1.0000000000'),
    })),
  };
}

export const IMAGES = [
  image(114_690_387, 'debian-12', 'x86', 'debian'),
  image(114_690_389, 'debian-12', 'arm', 'debian'),
  image(161_547_269, 'ubuntu-24.04', 'x86', 'ubuntu'),
  image(161_547_270, 'ubuntu-24.04', 'arm', 'ubuntu'),
  { ...image(500, 'big', 'x86', 'debian'), name: null, description: 'my own', type: 'snapshot', disk_size: 80 },
];

function image(id: number, name: string, architecture: 'x86' | 'arm', os_flavor: string) {
  return {
    id,
    type: 'system',
    status: 'available',
    name: name as string | null,
    description: name,
    image_size: null,
    disk_size: 5,
    created: '2023-06-13T06:00:00+00:00',
    created_from: null,
    bound_to: null,
    os_flavor,
    os_version: name.split('-')[1] ?? null,
    rapid_deploy: true,
    protection: { delete: false },
    deprecated: null,
    labels: {},
    deleted: null,
    architecture,
  };
}
