import { apt } from '../packages/apt.ts';
import type { Family } from './family.ts';

/** Ubuntu and what is made from it. */
export const ubuntu: Family = {
  name: 'Ubuntu',
  ids: ['ubuntu'],
  oldest: '18.04',
  manager: apt,
  // Without apparmor_parser no container starts where the kernel has AppArmor on.
  beside: ['apparmor', 'ca-certificates'],
  docker(system) {
    const release = system.ubuntu ?? (system.id === 'ubuntu' ? system.codename : undefined);
    return release && SERVED.includes(system.arch) ? { distribution: 'ubuntu', release } : undefined;
  },
  own: { engine: 'docker.io', others: [], maybe: ['docker-buildx', 'docker-compose-v2'] },
};

const SERVED = ['x86_64', 'aarch64', 'armv7l', 'armv8l', 'ppc64le', 's390x'];
