import type { World } from './world.ts';

/** What IBM Cloud offers in this region, in part. */
export const REGION = 'us-south';
export const ZONES = ['us-south-1', 'us-south-2', 'us-south-3'];

const fixed = (value: number) => ({ type: 'fixed', value });

export function profiles({ filled }: World) {
  return [
    ['cx2-2x4', 2, 4, 'amd64'],
    ['bx2-2x8', 2, 8, 'amd64'],
    ['bz2-2x8', 2, 8, 's390x'],
  ].map(([name, cpus, memory, architecture]) =>
    filled('InstanceProfile', {
      name,
      href: 'https://us-south.iaas.cloud.ibm.com/v1/instance/profiles/x',
      family: 'compute',
      bandwidth: fixed(4000),
      cluster_network_attachment_count: { type: 'dependent' },
      memory: fixed(memory as number),
      vcpu_count: fixed(cpus as number),
      network_attachment_count: { type: 'dependent' },
      network_interface_count: { type: 'dependent' },
      port_speed: fixed(16000),
      total_volume_bandwidth: fixed(1000),
      os_architecture: { type: 'enum', default: architecture, values: [architecture] },
    }),
  );
}

export const IMAGE_ID = 'r006-5b05b4fe-bcfc-4309-af0c-2e3f9a3a1f5c';

export function images({ filled }: World) {
  const image = (id: string, name: string, system: string, created_at: string, more: object = {}) =>
    filled('Image', {
      id,
      name,
      created_at,
      status: 'available',
      visibility: 'public',
      user_data_format: 'cloud_init',
      minimum_provisioned_size: 100,
      operating_system: filled('OperatingSystem', { name: system, architecture: system.split('-').at(-1) }),
      ...more,
    });
  return [
    image('r006-a1', 'ibm-debian-12-6-minimal-amd64-1', 'debian-12-amd64', '2024-07-01T00:00:00Z'),
    image(IMAGE_ID, 'ibm-debian-12-12-minimal-amd64-3', 'debian-12-amd64', '2026-03-02T00:00:00Z'),
    image('r006-a3', 'ibm-debian-12-8-minimal-amd64-1', 'debian-12-amd64', '2025-02-03T00:00:00Z'),
    image('r006-a4', 'ibm-ubuntu-24-04-minimal-amd64-2', 'ubuntu-24-04-amd64', '2025-02-03T00:00:00Z'),
    image('r006-a5', 'ibm-zos-3-1', 'zos-3-1-s390x', '2025-02-03T00:00:00Z', { user_data_format: 'ipxe' }),
    image('r006-a6', 'mine', 'debian-12-amd64', '2026-05-05T00:00:00Z', { visibility: 'private' }),
    image('r006-a7', 'bare', 'debian-12-amd64', '2026-05-05T00:00:00Z', {
      visibility: 'private',
      user_data_format: 'ipxe',
    }),
  ];
}
