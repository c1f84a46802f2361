import { apt } from '../packages/apt.ts';
import type { Family } from './family.ts';

/** Ubuntu and what is made from it. */
export const ubuntu: Family = {
  name: 'Ubuntu',
  ids: ['ubuntu'],
  oldest: '18.04',
  manager: apt,
  docker(system) {
    const release = system.ubuntu ?? (system.id === 'ubuntu' ? system.codename : undefined);
    return release && SERVED.includes(system.arch) ? { distribution: 'ubuntu', release } : undefined;
  },
  own: { engine: 'docker.io', others: ['apparmor', 'ca-certificates'], maybe: ['docker-buildx', 'docker-compose-v2'] },
};

const SERVED = ['x86_64', 'aarch64', 'armv7l', 'armv8l', 'ppc64le', 's390x'];
