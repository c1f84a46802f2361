import { quote } from '../../ssh/quote.ts';
import { zypper } from '../packages/zypper.ts';
import type { Family } from './family.ts';

/** openSUSE Leap and Tumbleweed, SUSE Linux Enterprise Server. */
export const suse: Family = {
  name: 'SUSE',
  ids: ['opensuse-leap', 'opensuse-tumbleweed', 'opensuse', 'sles', 'sles_sap', 'suse'],
  oldest: '15',
  manager: zypper,
  own: {
    engine: 'docker',
    others: ['docker-buildx'],
    before({ id, version, arch }) {
      if (!id.startsWith('sles')) return undefined;
      const module = quote(`sle-module-containers/${version}/${arch}`);
      return `if have SUSEConnect && ! zypper -n -q search -x docker >/dev/null; then SUSEConnect -p ${module}; fi`;
    },
  },
};
