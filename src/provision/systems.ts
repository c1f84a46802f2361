import { SlipwayError } from '../errors.ts';
import { alpine } from './families/alpine.ts';
import { amazon } from './families/amazon.ts';
import { arch } from './families/arch.ts';
import { debian } from './families/debian.ts';
import type { Family } from './families/family.ts';
import { fedora } from './families/fedora.ts';
import { rhel } from './families/rhel.ts';
import { suse } from './families/suse.ts';
import { ubuntu } from './families/ubuntu.ts';
import type { System } from './system.ts';

/** Every family, by a short name. */
export const families = { debian, ubuntu, rhel, fedora, amazon, suse, arch, alpine } as const;

/**
 * The family of a system: by its own ID, else by the nearest system that it is derived from.
 * @throws SlipwayError `unsupported`, naming what was found
 */
export function familyOf(system: System): Family {
  for (const id of [system.id, ...system.like]) {
    const family = Object.values(families).find((one) => one.ids.includes(id));
    if (family) return recentEnough(family, id, system);
  }
  throw new SlipwayError('unsupported', `Slipway cannot install an engine on "${system.name}" (ID=${system.id})`, {
    hint:
      `It knows ${Object.values(families)
        .map((family) => family.name)
        .join(', ')}. ` +
      'Where dockerd is installed already and systemd or OpenRC starts it, --engine-source none makes use of it',
  });
}

function recentEnough(family: Family, id: string, system: System): Family {
  // A derivative counts in its own way: Linux Mint 21 is Ubuntu 22.04.
  const { oldest } = family;
  if (id !== system.id || oldest === undefined || system.version === undefined) return family;
  if (system.version.localeCompare(oldest, 'en', { numeric: true }) >= 0) return family;
  throw new SlipwayError(
    'unsupported',
    `"${system.name}" is too old: Slipway needs ${family.name} ${oldest} or newer`,
    {
      hint: 'Use a newer release, or install dockerd by hand and use it with --engine-source none',
    },
  );
}
