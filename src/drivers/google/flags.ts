import type { FlagSpecs } from '../../flags.ts';

export const flags: FlagSpecs = {
  'google-project': {
    kind: 'string',
    scope: 'several',
    summary: 'Id of the project to make machines in (required)',
    env: 'GOOGLE_PROJECT',
  },
  'google-credentials': {
    kind: 'string',
    summary: 'File with credentials: a service account, or a federated identity',
    env: 'GOOGLE_APPLICATION_CREDENTIALS',
    path: true,
    credential: true,
  },
  'google-zone': {
    kind: 'string',
    short: 'zone',
    summary: 'Zone; several with commas are tried in their order',
    env: 'GOOGLE_ZONE',
    default: 'us-central1-a',
  },
  'google-machine-type': {
    kind: 'string',
    short: 'type',
    summary: 'Machine type; several with commas are tried in their order',
    env: 'GOOGLE_MACHINE_TYPE',
    default: 'e2-medium',
  },
  'google-machine-image': {
    kind: 'string',
    summary: 'ubuntu-24.04, ubuntu-22.04, PROJECT/FAMILY, PROJECT/global/images/NAME, or the full URL',
    env: 'GOOGLE_MACHINE_IMAGE',
    default: 'ubuntu-24.04',
  },
  'google-username': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'GOOGLE_USERNAME',
  },
  'google-ssh-key': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'GOOGLE_SSH_KEY',
    path: true,
  },
  'google-service-account': {
    kind: 'string',
    summary: 'Service account whose rights the machine has: an e-mail address, or "default"; without it none',
    env: 'GOOGLE_SERVICE_ACCOUNT',
  },
  'google-scopes': {
    kind: 'string',
    summary: 'OAuth scopes of the service account, apart by commas',
    env: 'GOOGLE_SCOPES',
    default:
      'https://www.googleapis.com/auth/devstorage.read_only,https://www.googleapis.com/auth/logging.write,' +
      'https://www.googleapis.com/auth/monitoring.write',
  },
  'google-disk-size': { kind: 'integer', summary: 'Size of the disk in GB', env: 'GOOGLE_DISK_SIZE', default: 20 },
  'google-disk-type': {
    kind: 'string',
    summary: 'Type of the disk; without it pd-balanced, or hyperdisk-balanced where the machine type takes no other',
    env: 'GOOGLE_DISK_TYPE',
  },
  'google-disk-kms-key': {
    kind: 'string',
    summary: 'Key of Cloud KMS to encrypt the disk with: projects/P/locations/L/keyRings/R/cryptoKeys/K',
    env: 'GOOGLE_DISK_KMS_KEY',
  },
  'google-network': {
    kind: 'string',
    scope: 'one',
    summary: 'Network, by name or URL; "own" makes one for the machines of this store; without it "default"',
    env: 'GOOGLE_NETWORK',
  },
  'google-subnetwork': {
    kind: 'string',
    scope: 'one',
    summary: 'Subnetwork, by name or URL',
    env: 'GOOGLE_SUBNETWORK',
  },
  'google-address': {
    kind: 'string',
    summary: 'Static external address that is there already, by name or as an IP address',
    env: 'GOOGLE_ADDRESS',
  },
  'google-static-address': {
    kind: 'boolean',
    summary: 'Make a static external address, which survives stop and start',
    env: 'GOOGLE_STATIC_ADDRESS',
    default: false,
  },
  'google-spot': {
    kind: 'boolean',
    summary: 'A spot machine: cheaper, and deleted when Google needs the room',
    env: 'GOOGLE_SPOT',
    default: false,
  },
  'google-spot-fallback': {
    kind: 'boolean',
    summary: 'A spot machine, or one at the full price where no spot machine can be had',
    env: 'GOOGLE_SPOT_FALLBACK',
    default: false,
  },
  'google-preemptible': {
    kind: 'boolean',
    summary: 'The same as --google-spot, which took its place',
    env: 'GOOGLE_PREEMPTIBLE',
    default: false,
  },
  'google-firewall': {
    kind: 'string',
    summary: 'Firewall rules of yours that the machine shall be under, by name, apart by commas; without it its own',
    env: 'GOOGLE_FIREWALL',
  },
  'google-tags': { kind: 'string', summary: 'Network tags, apart by commas', env: 'GOOGLE_TAGS' },
  'google-labels': { kind: 'string', summary: 'Labels, KEY=VALUE, apart by commas', env: 'GOOGLE_LABELS' },
  'google-use-internal-ip': {
    kind: 'boolean',
    summary: 'Connect to the internal address',
    env: 'GOOGLE_USE_INTERNAL_IP',
    default: false,
  },
  'google-use-internal-ip-only': {
    kind: 'boolean',
    summary: 'No external address at all; connect to the internal one',
    env: 'GOOGLE_USE_INTERNAL_IP_ONLY',
    default: false,
  },
  'google-ipv6': {
    kind: 'boolean',
    summary: 'An external IPv6 address too; needs a subnetwork that has them',
    env: 'GOOGLE_IPV6',
    default: false,
  },
  'google-no-secure-boot': {
    kind: 'boolean',
    summary: 'Let the kernel load modules that nobody signed',
    env: 'GOOGLE_NO_SECURE_BOOT',
    default: false,
  },
  'google-use-existing': {
    kind: 'boolean',
    summary: "Take over the instance that is there already under the machine's name",
    env: 'GOOGLE_USE_EXISTING',
    default: false,
  },
  'google-open-port': {
    kind: 'string',
    multiple: true,
    summary: 'The older name of --open-port',
    env: 'GOOGLE_OPEN_PORT',
    common: 'open-port',
  },
};
