import type { Manager } from './manager.ts';

const BUSY = "'unable to lock database'";
const PACMAN = `patiently ${BUSY} pacman --noconfirm`;

/** Arch Linux: its repositories hold one version of each package, and upgrading one means upgrading all. */
export const pacman: Manager = {
  upgradesAll: true,
  // Without newer lists the packages that they name still fit the ones on the host.
  refresh: ':',
  install: (words) => `${PACMAN} -S --needed ${words} || ${PACMAN} -Sy --needed ${words}`,
  at: (name) => name,
  versions: (name) => `pacman -Si ${name} | awk '$1 == "Version" { print $3 }'`,
  installed: (name) => `pacman -Q ${name} 2>/dev/null | cut -d ' ' -f 2`,
};
