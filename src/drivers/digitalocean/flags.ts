import type { FlagSpecs } from '../../flags.ts';

export const flags: FlagSpecs = {
  'digitalocean-access-token': {
    kind: 'string',
    summary: "API token, for this command only; better let it be found where doctl's is",
    env: 'DIGITALOCEAN_ACCESS_TOKEN',
    credential: true,
  },
  'digitalocean-context': {
    kind: 'string',
    summary: 'Context of the doctl program whose token to use; without it the current one',
    env: 'DIGITALOCEAN_CONTEXT',
    scope: 'several',
  },
  'digitalocean-region': {
    kind: 'string',
    short: 'zone',
    summary: 'Region; several with commas are tried in their order',
    env: 'DIGITALOCEAN_REGION',
    default: 'nyc3',
  },
  'digitalocean-size': {
    kind: 'string',
    short: 'type',
    summary: 'Size; several with commas are tried in their order',
    env: 'DIGITALOCEAN_SIZE',
    default: 's-1vcpu-1gb',
  },
  'digitalocean-image': {
    kind: 'string',
    summary: 'Image, by slug, or by id for one of your own',
    env: 'DIGITALOCEAN_IMAGE',
    default: 'debian-12-x64',
  },
  'digitalocean-ssh-user': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'DIGITALOCEAN_SSH_USER',
  },
  'digitalocean-ssh-port': {
    kind: 'integer',
    summary: "Port of the image's sshd",
    env: 'DIGITALOCEAN_SSH_PORT',
    default: 22,
  },
  'digitalocean-ssh-key-fingerprint': {
    kind: 'string',
    summary: 'SSH key of the account, by fingerprint or id, instead of one made for the machine',
    env: 'DIGITALOCEAN_SSH_KEY_FINGERPRINT',
  },
  'digitalocean-ssh-key-path': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'DIGITALOCEAN_SSH_KEY_PATH',
    path: true,
  },
  'digitalocean-ipv6': {
    kind: 'boolean',
    summary: 'An IPv6 address too',
    env: 'DIGITALOCEAN_IPV6',
    default: false,
  },
  'digitalocean-private-networking': {
    kind: 'boolean',
    summary: 'Of no use any more: every machine is in a private network',
    env: 'DIGITALOCEAN_PRIVATE_NETWORKING',
    default: false,
  },
  'digitalocean-vpc': {
    kind: 'string',
    summary: 'Private network, by name or id; "own" makes one for the machines of this store',
    env: 'DIGITALOCEAN_VPC',
  },
  'digitalocean-private-only': {
    kind: 'boolean',
    summary: 'No public address at all; connect to the private one',
    env: 'DIGITALOCEAN_PRIVATE_ONLY',
    default: false,
  },
  'digitalocean-reserved-ip': {
    kind: 'string',
    summary: 'Reserved address that is there already; "new" makes one',
    env: 'DIGITALOCEAN_RESERVED_IP',
  },
  'digitalocean-backups': {
    kind: 'boolean',
    summary: 'Backups by DigitalOcean, which cost extra',
    env: 'DIGITALOCEAN_BACKUPS',
    default: false,
  },
  'digitalocean-monitoring': {
    kind: 'boolean',
    summary: "DigitalOcean's agent for metrics",
    env: 'DIGITALOCEAN_MONITORING',
    default: false,
  },
  'digitalocean-tags': {
    kind: 'string',
    summary: 'Tags, apart by commas',
    env: 'DIGITALOCEAN_TAGS',
  },
  'digitalocean-userdata': {
    kind: 'string',
    summary: 'The older name of --cloud-init',
    env: 'DIGITALOCEAN_USERDATA',
    path: true,
    common: 'cloud-init',
  },
};
