import type { FlagSpec, FlagSpecs } from '../../flags.ts';

/** docker-machine called the driver vmwarevsphere, and so its flags. */
const known: FlagSpecs = {
  'vsphere-vcenter': {
    kind: 'string',
    summary: 'Host of the vCenter or ESXi; without it that of GOVC_URL',
    env: 'VSPHERE_VCENTER',
    scope: 'several',
  },
  'vsphere-vcenter-port': {
    kind: 'integer',
    summary: 'Its port',
    env: 'VSPHERE_VCENTER_PORT',
    default: 443,
    scope: 'one',
  },
  'vsphere-username': {
    kind: 'string',
    summary: 'User, for this command only; better let the environment say it',
    env: 'VSPHERE_USERNAME',
    credential: true,
  },
  'vsphere-password': {
    kind: 'string',
    summary: 'Password, for this command only; better let the environment say it',
    env: 'VSPHERE_PASSWORD',
    credential: true,
  },
  'vsphere-cpu-count': { kind: 'integer', summary: 'Processors', env: 'VSPHERE_CPU_COUNT', default: 2 },
  'vsphere-memory-size': { kind: 'integer', summary: 'Memory in MiB', env: 'VSPHERE_MEMORY_SIZE', default: 2048 },
  'vsphere-disk-size': {
    kind: 'integer',
    summary: 'Size in MiB of the first disk, which is never made smaller',
    env: 'VSPHERE_DISK_SIZE',
    default: 20_480,
  },
  'vsphere-network': {
    kind: 'string',
    multiple: true,
    summary: "Network, one for each network card; without it the template's own",
    env: 'VSPHERE_NETWORK',
  },
  'vsphere-datastore': {
    kind: 'string',
    summary: "Datastore; several with commas are tried in their order; without it the template's",
    env: 'VSPHERE_DATASTORE',
  },
  'vsphere-datacenter': {
    kind: 'string',
    summary: 'Datacenter; without it the only one',
    env: 'VSPHERE_DATACENTER',
  },
  'vsphere-folder': {
    kind: 'string',
    summary: "Folder for the machine, that is there already; without it the datacenter's",
    env: 'VSPHERE_FOLDER',
  },
  'vsphere-pool': { kind: 'string', summary: 'Resource pool, by name or path', env: 'VSPHERE_POOL' },
  'vsphere-hostsystem': {
    kind: 'string',
    summary: 'Host; several with commas are tried in their order; without it the cluster chooses',
    env: 'VSPHERE_HOSTSYSTEM',
  },
  'vsphere-cfgparam': {
    kind: 'string',
    multiple: true,
    summary: "Setting of the machine's configuration, KEY=VALUE",
    env: 'VSPHERE_CFGPARAM',
  },
  'vsphere-cloudinit': {
    kind: 'string',
    summary: 'The older name of --cloud-init',
    env: 'VSPHERE_CLOUDINIT',
    path: true,
    common: 'cloud-init',
  },
  'vsphere-boot2docker-url': {
    kind: 'string',
    summary: 'Of no use any more: machines are not made of that ISO',
    env: 'VSPHERE_BOOT2DOCKER_URL',
  },
};

const own: FlagSpecs = {
  'vsphere-thumbprint': {
    kind: 'string',
    summary: 'Thumbprint of the certificate (SHA-256 or SHA-1) to trust',
    env: 'VSPHERE_THUMBPRINT',
    scope: 'one',
  },
  'vsphere-ca-file': {
    kind: 'string',
    summary: "File with the certificates of the vCenter's authority",
    env: 'VSPHERE_CA_FILE',
    path: true,
    scope: 'one',
  },
  'vsphere-template': {
    kind: 'string',
    summary: 'Template or machine to clone, by name or path; it needs Tools, and cloud-init or --vsphere-host-key',
    env: 'VSPHERE_TEMPLATE',
  },
  'vsphere-library-item': {
    kind: 'string',
    summary: 'LIBRARY/ITEM: an OVF template of a content library, in place of a template',
    env: 'VSPHERE_LIBRARY_ITEM',
  },
  'vsphere-image': {
    kind: 'string',
    summary: 'OVA, or cloud image as streamOptimized VMDK: a file here, in place of a template; also for an ESXi',
    env: 'VSPHERE_IMAGE',
    path: true,
  },
  'vsphere-cluster': {
    kind: 'string',
    summary: 'Cluster; without it the only one',
    env: 'VSPHERE_CLUSTER',
  },
  'vsphere-customization': {
    kind: 'string',
    summary: 'Customization specification of the vCenter to apply',
    env: 'VSPHERE_CUSTOMIZATION',
  },
  'vsphere-host-key': {
    kind: 'string',
    summary:
      'For a template without cloud-init: the key that its machines show, SHA256:FINGERPRINT or a public key line',
    env: 'VSPHERE_HOST_KEY',
  },
  'vsphere-ssh-user': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'VSPHERE_SSH_USER',
  },
  'vsphere-ssh-key-path': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'VSPHERE_SSH_KEY_PATH',
    path: true,
  },
  'vsphere-ssh-port': { kind: 'integer', summary: "Port of the template's sshd", env: 'VSPHERE_SSH_PORT', default: 22 },
};

export const flags: FlagSpecs = { ...Object.fromEntries(Object.entries(known).map(withOlderName)), ...own };

function withOlderName([name, spec]: [string, FlagSpec]): [string, FlagSpec] {
  return [name, { ...spec, older: `vmware${name}` }];
}
