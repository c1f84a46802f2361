import { dnf } from '../packages/dnf.ts';
import type { Family } from './family.ts';

export const fedora: Family = {
  name: 'Fedora',
  ids: ['fedora'],
  oldest: '39',
  manager: dnf,
  docker(system) {
    if (system.id !== 'fedora' || system.version === undefined) return undefined;
    return SERVED.includes(system.arch) ? { distribution: 'fedora', release: system.version } : undefined;
  },
  own: { engine: 'moby-engine', others: ['iptables-nft'] },
};

const SERVED = ['x86_64', 'aarch64', 'ppc64le'];
