import { quoteAll } from '../../ssh/quote.ts';
import { sh } from '../step.ts';
import { fetchKey } from './key.ts';
import type { Manager } from './manager.ts';

const BUSY = "'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock'";
const APT = `patiently ${BUSY} env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600`;

/** The fingerprint of Docker's key for apt: https://docs.docker.com/engine/install/debian/ and its older editions. */
const FINGERPRINT = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
const KEY = '/etc/apt/keyrings/docker.asc';

/** Debian, Ubuntu and what is made from them. */
export const apt: Manager = {
  refresh: `${APT} update`,
  // A changed configuration file of an adopted host stays as its owner left it.
  install: (words) => `${APT} install -y --no-install-recommends -o Dpkg::Options::=--force-confold ${words}`,
  repair: 'env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a',
  at: (name, version) => `${name}=${version}`,
  versions: (name) => `apt-cache madison ${name} | awk -F ' *[|] *' '{ print $2 }'`,
  // The newest may be a backport, which apt takes only when told.
  preferred: (name) => `apt-cache policy ${name} | sed -n 's/^ *Candidate: \\([^(].*\\)$/\\1/p'`,
  installed: (name) => `dpkg-query -W -f '\${Version}\\n' ${name} 2>/dev/null`,
  addRepository: ({ base, distribution, release }) => ({
    title: "add Docker's package repository",
    done: 'apt-cache madison docker-ce 2>/dev/null | grep -q .',
    run: sh`
      ${APT} update
      ${apt.install('ca-certificates curl')}
      ${fetchKey(`${base}/linux/${distribution}/gpg`, FINGERPRINT, KEY, apt.install('gpg'))}
      printf 'deb [arch=%s signed-by=%s] %s %s stable\\n' "$(dpkg --print-architecture)" ${KEY} \\
        ${quoteAll([`${base}/linux/${distribution}`, release])} |
        place /etc/apt/sources.list.d/docker.list 0644
      ${APT} update
    `,
    hint: `See whether the host reaches ${base}; or install the distribution's own engine: --engine-source distribution`,
  }),
};
