import { textIn } from '../config.ts';
import type { Ids, OldDriver } from './old-driver.ts';

const google: OldDriver = {
  keys: {
    Project: 'google-project',
    Zone: 'google-zone',
    MachineType: 'google-machine-type',
    MachineImage: 'google-machine-image',
    DiskType: 'google-disk-type',
    DiskSize: 'google-disk-size',
    Address: 'google-address',
    Network: 'google-network',
    Subnetwork: 'google-subnetwork',
    Preemptible: 'google-preemptible',
    UseInternalIP: 'google-use-internal-ip',
    UseInternalIPOnly: 'google-use-internal-ip-only',
    ServiceAccount: 'google-service-account',
    Scopes: 'google-scopes',
    Tags: 'google-tags',
    UseExisting: 'google-use-existing',
  },
  read: ['Project', 'Zone', 'UseInternalIP', 'UseInternalIPOnly', 'UseExisting'],
  user: 'docker-user',
  flags: (_, { user, key }) => ({
    'google-username': user,
    ...(key === undefined ? {} : { 'google-ssh-key': key }),
    'google-firewall': ['docker-machines'],
  }),
  parts: (driver, name): Ids => {
    const place = `projects/${textIn(driver, 'Project')}/zones/${textIn(driver, 'Zone')}`;
    if (driver.UseExisting === true) return {};
    return { disk: `${place}/disks/${name}-disk`, instance: `${place}/instances/${name}` };
  },
};

export default google;
