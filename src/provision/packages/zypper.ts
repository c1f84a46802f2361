import type { Manager } from './manager.ts';

const BUSY = "'System management is locked'";
const ZYPPER = `patiently ${BUSY} env ZYPP_LOCK_TIMEOUT=600 zypper --non-interactive`;

/** openSUSE and SUSE Linux Enterprise. */
export const zypper: Manager = {
  refresh: `${ZYPPER} refresh`,
  install: (words) => `${ZYPPER} install --no-confirm ${words}`,
  at: (name, version) => `${name}=${version}`,
  versions: (name) =>
    `zypper --non-interactive --quiet search --details --type package --match-exact ${name} | ` +
    `awk -F ' *[|] *' -v name=${name} '$2 == name { print $4 }'`,
  installed: (name) => `rpm -q --qf '%{VERSION}-%{RELEASE}\\n' ${name} 2>/dev/null`,
};
