import { textIn } from '../config.ts';
import { type OldDriver, UNKNOWN } from './old-driver.ts';

const vmwarevsphere: OldDriver = {
  ours: 'vsphere',
  keys: {
    IP: 'vsphere-vcenter',
    Port: 'vsphere-vcenter-port',
    CPU: 'vsphere-cpu-count',
    Memory: 'vsphere-memory-size',
    DiskSize: 'vsphere-disk-size',
    Networks: 'vsphere-network',
    Datastore: 'vsphere-datastore',
    Datacenter: 'vsphere-datacenter',
    Folder: 'vsphere-folder',
    Pool: 'vsphere-pool',
    HostSystem: 'vsphere-hostsystem',
    CfgParams: 'vsphere-cfgparam',
  },
  read: ['IP'],
  credentials: { Username: 'vsphere-username', Password: 'vsphere-password' },
  user: 'docker',
  flags: (driver, { user, port }) => ({
    'vsphere-vcenter-port': Number(driver.Port) || 443,
    'vsphere-template': UNKNOWN,
    'vsphere-ssh-user': user,
    'vsphere-ssh-port': port,
  }),
  // It knew the machine by its name alone, in a folder of those for machines.
  parts: (driver, name) => {
    const place = [textIn(driver, 'Datacenter'), 'vm', textIn(driver, 'Folder'), name];
    return { machine: place.filter((each) => each !== '').join('/') };
  },
};

export default vmwarevsphere;
