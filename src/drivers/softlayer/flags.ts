import type { FlagSpecs } from '../../flags.ts';

export const flags: FlagSpecs = {
  'softlayer-user': {
    kind: 'string',
    summary: "User of the account, for this command only; better let it be found where slcli's is",
    env: 'SOFTLAYER_USER',
    credential: true,
  },
  'softlayer-api-key': {
    kind: 'string',
    summary: "API key of that user, for this command only; better let it be found where slcli's is",
    env: 'SOFTLAYER_API_KEY',
    credential: true,
  },
  'softlayer-api-endpoint': {
    kind: 'string',
    summary: 'Where the API is: that of the public network, or of the private one',
    env: 'SOFTLAYER_API_ENDPOINT',
    default: 'https://api.softlayer.com/rest/v3.1',
    scope: 'several',
  },
  'softlayer-region': {
    kind: 'string',
    short: 'zone',
    summary: 'Data centre; several with commas are tried in their order',
    env: 'SOFTLAYER_REGION',
    default: 'dal13',
  },
  'softlayer-cpu': {
    kind: 'integer',
    summary: 'How many processors',
    env: 'SOFTLAYER_CPU',
    default: 1,
  },
  'softlayer-memory': {
    kind: 'integer',
    summary: 'Memory in MB',
    env: 'SOFTLAYER_MEMORY',
    default: 1024,
  },
  'softlayer-disk-size': {
    kind: 'integer',
    summary: 'Size of the disk in GB; 0 is what the place gives anyway',
    env: 'SOFTLAYER_DISK_SIZE',
    default: 0,
  },
  'softlayer-local-disk': {
    kind: 'boolean',
    summary: 'A disk of the host instead of one in the storage network',
    env: 'SOFTLAYER_LOCAL_DISK',
    default: false,
  },
  'softlayer-hourly-billing': {
    kind: 'boolean',
    summary: 'Of no use any more: billed by the hour unless --softlayer-monthly-billing is given',
    env: 'SOFTLAYER_HOURLY_BILLING',
    default: false,
  },
  'softlayer-monthly-billing': {
    kind: 'boolean',
    summary: 'Billed by the month, which goes on to its end whatever becomes of the machine',
    env: 'SOFTLAYER_MONTHLY_BILLING',
    default: false,
  },
  'softlayer-image': {
    kind: 'string',
    summary: 'Operating system by its reference code, or an image of yours by its global identifier',
    env: 'SOFTLAYER_IMAGE',
    default: 'UBUNTU_LATEST',
  },
  'softlayer-hostname': {
    kind: 'string',
    summary: 'Host name in the account; without it the key by which the machine is found',
    env: 'SOFTLAYER_HOSTNAME',
  },
  'softlayer-domain': {
    kind: 'string',
    summary: 'Domain of the host name; must be given',
    env: 'SOFTLAYER_DOMAIN',
  },
  'softlayer-private-net-only': {
    kind: 'boolean',
    summary: 'No public address at all; connect to the private one',
    env: 'SOFTLAYER_PRIVATE_NET',
    default: false,
  },
  'softlayer-use-private-address': {
    kind: 'boolean',
    summary: 'Connect to the private address, though there is a public one',
    env: 'SOFTLAYER_DOCKER_ON_PRIVATE_IP',
    default: false,
  },
  'softlayer-public-vlan-id': {
    kind: 'integer',
    summary: 'Public VLAN that is there already, by id; needs a private one too',
    env: 'SOFTLAYER_PUBLIC_VLAN_ID',
    default: 0,
  },
  'softlayer-private-vlan-id': {
    kind: 'integer',
    summary: 'Private VLAN that is there already, by id',
    env: 'SOFTLAYER_PRIVATE_VLAN_ID',
    default: 0,
  },
  'softlayer-network-max-speed': {
    kind: 'integer',
    summary: 'Speed of the ports in Mbit/s',
    env: 'SOFTLAYER_NETWORK_MAX_SPEED',
    default: 100,
  },
  'softlayer-ssh-key': {
    kind: 'string',
    summary: 'SSH key that is there already, by label or id, instead of one made for the machine',
    env: 'SOFTLAYER_SSH_KEY',
  },
  'softlayer-ssh-key-path': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'SOFTLAYER_SSH_KEY_PATH',
    path: true,
  },
  'softlayer-ssh-user': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'SOFTLAYER_SSH_USER',
  },
  'softlayer-ssh-port': {
    kind: 'integer',
    summary: "Port of the image's sshd",
    env: 'SOFTLAYER_SSH_PORT',
    default: 22,
  },
};
