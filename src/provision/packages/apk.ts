import type { Manager } from './manager.ts';

const BUSY = "'Unable to lock database|temporarily unavailable'";
// The engine is in "community", which a small installation leaves out of /etc/apk/repositories.
const COMMUNITY =
  `--repository "$(sed -n 's|^\\([^#].*\\)/main *$|\\1/community|p' /etc/apk/repositories | head -n 1 | ` +
  'grep . || head -n 1 /etc/apk/repositories)"';

/** Alpine Linux. */
export const apk: Manager = {
  pins: true,
  refresh: `patiently ${BUSY} apk --wait 600 update`,
  install: (words) => `patiently ${BUSY} apk --wait 600 ${COMMUNITY} add --upgrade ${words}`,
  at: (name, version) => `${name}=${version}`,
  versions: (name) => `apk ${COMMUNITY} policy ${name} | sed -n 's/^  \\([0-9][^ ]*\\):$/\\1/p'`,
  installed: (name) => `apk info -e -v ${name} 2>/dev/null | sed 's/^${name}-//'`,
};
