import { apt } from '../packages/apt.ts';
import type { System } from '../system.ts';
import type { Family } from './family.ts';

/** Debian, Raspbian, and what is made from Debian. */
export const debian: Family = {
  name: 'Debian',
  ids: ['debian', 'raspbian'],
  oldest: '10',
  manager: apt,
  // Without apparmor_parser no container starts where the kernel has AppArmor on.
  beside: ['apparmor', 'ca-certificates'],
  docker(system) {
    const release = codename(system);
    // A 64-bit Raspberry Pi OS calls itself Debian; only the 32-bit one is Raspbian, with packages of its own.
    const distribution = system.id === 'raspbian' ? 'raspbian' : 'debian';
    return release && SERVED.includes(system.arch) ? { distribution, release } : undefined;
  },
  own: { engine: 'docker.io', others: [], maybe: ['docker-cli', 'docker-buildx'] },
};

const SERVED = ['x86_64', 'aarch64', 'armv6l', 'armv7l', 'armv8l', 'ppc64le'];

/** The Debian release; undefined for the rolling ones, which Docker does not serve. */
function codename(system: System): string | undefined {
  if (!debian.ids.includes(system.id)) return system.debian;
  return system.version === undefined ? undefined : system.codename;
}
