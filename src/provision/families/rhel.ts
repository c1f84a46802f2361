import { dnf } from '../packages/dnf.ts';
import type { Family } from './family.ts';

/** Red Hat Enterprise Linux and its rebuilds. Their own container engine is Podman, so Docker's packages are the only ones. */
export const rhel: Family = {
  name: 'Red Hat Enterprise Linux',
  ids: ['rhel', 'centos', 'rocky', 'almalinux', 'ol'],
  oldest: '8',
  manager: dnf,
  docker(system) {
    const release = system.version?.split('.')[0];
    return release && SERVED.includes(system.arch) ? { distribution: 'centos', release } : undefined;
  },
};

const SERVED = ['x86_64', 'aarch64', 'ppc64le'];
