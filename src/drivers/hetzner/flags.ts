import type { FlagSpecs } from '../../flags.ts';

export const flags: FlagSpecs = {
  'hetzner-api-token': {
    kind: 'string',
    summary: "API token of the project, for this command only; better let it be found where hcloud's is",
    env: 'HCLOUD_TOKEN',
    credential: true,
  },
  'hetzner-context': {
    kind: 'string',
    summary: 'Context of the hcloud program whose token to use; without it the active one',
    env: 'HCLOUD_CONTEXT',
    scope: 'several',
  },
  'hetzner-server-type': {
    kind: 'string',
    summary: 'Server type; several with commas are tried in their order',
    env: 'HETZNER_TYPE',
    default: 'cx23',
  },
  'hetzner-server-location': {
    kind: 'string',
    summary: 'Location; several with commas are tried in their order',
    env: 'HETZNER_LOCATION',
    default: 'fsn1,nbg1,hel1',
  },
  'hetzner-image': {
    kind: 'string',
    summary: "Image, by name, for the type's processor; without it debian-12",
    env: 'HETZNER_IMAGE',
  },
  'hetzner-image-id': {
    kind: 'string',
    summary: 'Image by its id, as snapshots have no name',
    env: 'HETZNER_IMAGE_ID',
  },
  'hetzner-image-arch': {
    kind: 'string',
    summary: 'Processor that the image must be for; without it that of the type',
    env: 'HETZNER_IMAGE_ARCH',
    choices: ['x86', 'arm'],
  },
  'hetzner-existing-key-id': {
    kind: 'string',
    summary: 'SSH key that is there already, by id or name, instead of one made for the machine',
    env: 'HETZNER_EXISTING_KEY_ID',
  },
  'hetzner-existing-key-path': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'HETZNER_EXISTING_KEY_PATH',
    path: true,
  },
  'hetzner-user-data-file': {
    kind: 'string',
    summary: 'The older name of --cloud-init',
    env: 'HETZNER_USER_DATA_FILE',
    path: true,
    common: 'cloud-init',
  },
  'hetzner-networks': {
    kind: 'string',
    multiple: true,
    summary: 'Private networks, by name or id; "own" makes one for the machines of this store',
    env: 'HETZNER_NETWORKS',
  },
  'hetzner-use-private-network': {
    kind: 'boolean',
    summary: 'Connect to the address in the first private network',
    env: 'HETZNER_USE_PRIVATE_NETWORK',
    default: false,
  },
  'hetzner-disable-public': {
    kind: 'boolean',
    summary: 'No public address at all; connect to the one in the first private network',
    env: 'HETZNER_DISABLE_PUBLIC',
    default: false,
  },
  'hetzner-disable-public-ipv4': {
    kind: 'boolean',
    summary: 'No public IPv4 address',
    env: 'HETZNER_DISABLE_PUBLIC_IPV4',
    default: false,
  },
  'hetzner-disable-public-ipv6': {
    kind: 'boolean',
    summary: 'No public IPv6 addresses',
    env: 'HETZNER_DISABLE_PUBLIC_IPV6',
    default: false,
  },
  'hetzner-primary-ipv4': {
    kind: 'string',
    summary: 'Primary IPv4 that is there already, by name, id or address',
    env: 'HETZNER_PRIMARY_IPV4',
  },
  'hetzner-primary-ipv6': {
    kind: 'string',
    summary: 'Primary IPv6 that is there already, by name, id or address',
    env: 'HETZNER_PRIMARY_IPV6',
  },
  'hetzner-firewalls': {
    kind: 'string',
    multiple: true,
    summary: "Firewalls that are there already, by name or id, besides the machine's own",
    env: 'HETZNER_FIREWALLS',
  },
  'hetzner-volumes': {
    kind: 'string',
    multiple: true,
    summary: 'Volumes that are there already, by name or id, to attach',
    env: 'HETZNER_VOLUMES',
  },
  'hetzner-placement-group': {
    kind: 'string',
    summary: 'Placement group that is there already, by name or id',
    env: 'HETZNER_PLACEMENT_GROUP',
  },
  'hetzner-auto-spread': {
    kind: 'boolean',
    summary: 'Keep up to ten machines of this store on hosts of their own',
    env: 'HETZNER_AUTO_SPREAD',
    default: false,
  },
  'hetzner-server-label': {
    kind: 'string',
    multiple: true,
    summary: 'Label of the server, KEY=VALUE',
    env: 'HETZNER_SERVER_LABELS',
  },
  'hetzner-key-label': {
    kind: 'string',
    multiple: true,
    summary: 'Label of the SSH key, KEY=VALUE',
    env: 'HETZNER_KEY_LABELS',
  },
  'hetzner-ssh-user': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'HETZNER_SSH_USER',
  },
  'hetzner-ssh-port': {
    kind: 'integer',
    summary: "Port of the image's sshd",
    env: 'HETZNER_SSH_PORT',
    default: 22,
  },
};
