import type { FlagSpecs } from '../../flags.ts';

export const flags: FlagSpecs = {
  'ibm-api-key': {
    kind: 'string',
    summary: "API key, for this command only; better let it be found where the ibmcloud program's login is",
    env: 'IBMCLOUD_API_KEY',
    credential: true,
  },
  'ibm-region': {
    kind: 'string',
    summary: 'Region',
    env: 'IBMCLOUD_REGION',
    default: 'us-south',
    scope: 'several',
  },
  'ibm-zone': {
    kind: 'string',
    short: 'zone',
    summary: "Zone; several with commas are tried in their order; without it the subnet's, else all of the region",
    env: 'IBM_ZONE',
  },
  'ibm-profile': {
    kind: 'string',
    short: 'type',
    summary: 'Instance profile; several with commas are tried in their order',
    env: 'IBM_PROFILE',
    default: 'cx2-2x4',
  },
  'ibm-image': {
    kind: 'string',
    summary: 'Image, by name or id, or the newest of an operating system',
    env: 'IBM_IMAGE',
    default: 'debian-12-amd64',
  },
  'ibm-vpc': {
    kind: 'string',
    summary: 'VPC that is there already, by name or id; without it the only one of the region that has a subnet',
    env: 'IBM_VPC',
  },
  'ibm-subnet': {
    kind: 'string',
    summary: 'Subnet that is there already, by name or id; without it one of the VPC in the zone',
    env: 'IBM_SUBNET',
  },
  'ibm-security-groups': {
    kind: 'string',
    multiple: true,
    summary: "Security groups that are there already, by name or id, besides the machine's own",
    env: 'IBM_SECURITY_GROUPS',
  },
  'ibm-ssh-key': {
    kind: 'string',
    summary: 'SSH key that is there already, by name or id, instead of one made for the machine',
    env: 'IBM_SSH_KEY',
  },
  'ibm-ssh-key-path': {
    kind: 'string',
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'IBM_SSH_KEY_PATH',
    path: true,
  },
  'ibm-ssh-user': {
    kind: 'string',
    summary: 'User that the first boot makes; without it "slipway"',
    env: 'IBM_SSH_USER',
  },
  'ibm-ssh-port': {
    kind: 'integer',
    summary: "Port of the image's sshd",
    env: 'IBM_SSH_PORT',
    default: 22,
  },
  'ibm-floating-ip': {
    kind: 'string',
    summary: 'Floating address that is there already, by name, id or address, instead of one made for the machine',
    env: 'IBM_FLOATING_IP',
  },
  'ibm-private-only': {
    kind: 'boolean',
    summary: 'No public address at all; connect to the private one',
    env: 'IBM_PRIVATE_ONLY',
    default: false,
  },
  'ibm-disk-size': {
    kind: 'integer',
    summary: 'Size of the disk in GB; without it what the image needs',
    env: 'IBM_DISK_SIZE',
  },
  'ibm-resource-group': {
    kind: 'string',
    summary: "Resource group for what is made, by id; without it the account's default one",
    env: 'IBM_RESOURCE_GROUP',
  },
};
