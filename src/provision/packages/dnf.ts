import { hereDocument, sh } from '../step.ts';
import { fetchKey } from './key.ts';
import type { Manager } from './manager.ts';

const BUSY = "'Waiting for process with pid|Failed to obtain the transaction lock|is locked by'";
const DNF = `patiently ${BUSY} dnf -y`;

/** The fingerprint of Docker's key for rpm: https://docs.docker.com/engine/install/centos/ */
const FINGERPRINT = '060A61C51B558A7F742B77AAC52FEB6B621E9F35';
const KEY = '/etc/pki/rpm-gpg/RPM-GPG-KEY-docker';

/** Red Hat's family, Fedora and Amazon Linux; dnf waits for its lock by itself. */
export const dnf: Manager = {
  refresh: `${DNF} makecache`,
  install: (words) => `${DNF} install ${words}`,
  at: (name, version) => `${name}-${version}`,
  versions: (name) => `dnf -q repoquery --showduplicates --qf '%{version}-%{release}\\n' ${name} | sed 's/\\\\n/\\n/g'`,
  installed: (name) => `rpm -q --qf '%{VERSION}-%{RELEASE}\\n' ${name} 2>/dev/null`,
  addRepository: ({ base, distribution, release }) => ({
    title: "add Docker's package repository",
    done: "dnf -q repoquery docker-ce 2>/dev/null | grep -q '^docker-ce'",
    run: sh`
      if ! have curl; then ${dnf.install('curl')}; fi
      ${fetchKey(`${base}/linux/${distribution}/gpg`, FINGERPRINT, KEY, dnf.install('gnupg2'))}
      rpm --import ${KEY}
      place /etc/yum.repos.d/docker-ce.repo 0644 ${hereDocument(repositoryFile(`${base}/linux/${distribution}/${release}/$basearch/stable`))}
      ${DNF} makecache
    `,
    hint: `See whether the host reaches ${base}`,
  }),
};

function repositoryFile(url: string): string {
  return `[docker-ce-stable]
name=Docker CE Stable
baseurl=${url}
enabled=1
gpgcheck=1
gpgkey=file://${KEY}`;
}
