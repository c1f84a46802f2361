import type { FlagSpecs } from '../../flags.ts';

/** What docker-machine's driver had keeps its name and variable; where there was no variable, one of our own is added. */
export const flags: FlagSpecs = {
  'amazonec2-region': {
    kind: 'string',
    scope: 'several',
    summary: 'Region; without it the variable AWS_REGION, else us-east-1',
    env: 'AWS_DEFAULT_REGION',
  },
  'amazonec2-zone': {
    kind: 'string',
    short: 'zone',
    summary: 'Zones to try, apart by commas: a, or us-east-1a; without it any that has the type',
    env: 'AWS_ZONE',
  },
  'amazonec2-instance-type': {
    kind: 'string',
    short: 'type',
    summary: 'Instance types to try, apart by commas; the image follows their architecture',
    env: 'AWS_INSTANCE_TYPE',
    default: 't3.small',
  },
  'amazonec2-ami': {
    kind: 'string',
    summary: 'debian-12, debian-13, ubuntu-22.04, ubuntu-24.04, ami-ID, or OWNER/NAME with * in the name (the newest)',
    env: 'AWS_AMI',
    default: 'debian-12',
  },
  'amazonec2-request-spot-instance': {
    kind: 'boolean',
    summary: 'Ask for a spot instance: cheaper, and AWS may end it at any time',
    env: 'AWS_SPOT_INSTANCE',
  },
  'amazonec2-spot-price': {
    kind: 'string',
    summary: 'The most to pay for a spot instance, in USD an hour; without it the price on demand',
    env: 'AWS_SPOT_PRICE',
  },
  'amazonec2-spot-fallback': {
    kind: 'boolean',
    summary: 'Take an instance on demand where no spot instance is to be had',
    env: 'AWS_SPOT_FALLBACK',
  },
  'amazonec2-block-duration-minutes': {
    kind: 'integer',
    summary: 'AWS offers no spot instances of a fixed duration any more; only 0 is taken',
    env: 'AWS_BLOCK_DURATION_MINUTES',
  },
  'amazonec2-root-size': { kind: 'integer', summary: 'Size of the disk in GiB', env: 'AWS_ROOT_SIZE', default: 16 },
  'amazonec2-volume-type': {
    kind: 'string',
    choices: ['gp3', 'gp2', 'standard'],
    summary: 'EBS type of the disk, which is always encrypted',
    env: 'AWS_VOLUME_TYPE',
    default: 'gp3',
  },
  'amazonec2-kms-key': {
    kind: 'string',
    summary: "KMS key to encrypt the disk with: id, alias or ARN; without it the account's key for EBS",
    env: 'AWS_KMS_KEY',
  },
  'amazonec2-device-name': {
    kind: 'string',
    summary: "Name of the root device; without it the image's own",
    env: 'AWS_DEVICE_NAME',
  },
  'amazonec2-vpc-id': {
    kind: 'string',
    summary: "Network to be in; without it the account's default VPC",
    env: 'AWS_VPC_ID',
  },
  'amazonec2-subnet-id': {
    kind: 'string',
    summary: "Subnet to be in; without it one of the network's in the zone",
    env: 'AWS_SUBNET_ID',
  },
  'amazonec2-security-group': {
    kind: 'string',
    multiple: true,
    summary: 'A group to be in, by name or id, as it is; without it one is made for this machine alone',
    env: 'AWS_SECURITY_GROUP',
  },
  'amazonec2-security-group-readonly': {
    kind: 'boolean',
    summary: 'Groups that are named are never changed; this says so once more',
    env: 'AWS_SECURITY_GROUP_READONLY',
  },
  'amazonec2-open-port': {
    kind: 'string',
    multiple: true,
    common: 'open-port',
    summary: 'The older name of --open-port',
    env: 'AWS_OPEN_PORT',
  },
  'amazonec2-elastic-ip': {
    kind: 'string',
    summary: 'An address that stays over stop and start: new, or one of yours by address or id (eipalloc-ID)',
    env: 'AWS_ELASTIC_IP',
  },
  'amazonec2-private-address-only': {
    kind: 'boolean',
    summary: 'No public address; the machine is reached by its private one',
    env: 'AWS_PRIVATE_ADDRESS_ONLY',
  },
  'amazonec2-use-private-address': {
    kind: 'boolean',
    summary: 'Reach the machine by its private address, though it has a public one',
    env: 'AWS_USE_PRIVATE_ADDRESS',
  },
  'amazonec2-ipv6': {
    kind: 'boolean',
    summary: 'An IPv6 address too; the subnet must have a block of them',
    env: 'AWS_IPV6',
  },
  'amazonec2-iam-instance-profile': {
    kind: 'string',
    summary: 'Instance profile for what runs on the machine, by name or ARN',
    env: 'AWS_INSTANCE_PROFILE',
  },
  'amazonec2-keypair-name': {
    kind: 'string',
    summary: "One of your key pairs for the image's own user; Slipway itself needs none",
    env: 'AWS_KEYPAIR_NAME',
  },
  'amazonec2-ssh-keypath': {
    kind: 'string',
    path: true,
    summary: 'Private key file of yours to log in with; without it a key is made for the machine',
    env: 'AWS_SSH_KEYPATH',
  },
  'amazonec2-ssh-user': {
    kind: 'string',
    summary: 'Name of the user to make and to log in as',
    env: 'AWS_SSH_USER',
  },
  'amazonec2-ssh-port': {
    kind: 'integer',
    summary: "Port of the image's sshd",
    env: 'AWS_SSH_PORT',
    default: 22,
  },
  'amazonec2-tags': {
    kind: 'string',
    summary: 'More tags for all that is made: KEY,VALUE,KEY,VALUE',
    env: 'AWS_TAGS',
  },
  'amazonec2-monitoring': {
    kind: 'boolean',
    summary: 'Detailed monitoring by CloudWatch, which costs extra',
    env: 'AWS_MONITORING',
  },
  'amazonec2-use-ebs-optimized-instance': {
    kind: 'boolean',
    summary: 'Bandwidth of its own for the disk; the types of today have it anyway',
    env: 'AWS_EBS_OPTIMIZED',
  },
  'amazonec2-userdata': {
    kind: 'string',
    path: true,
    common: 'cloud-init',
    summary: 'The older name of --cloud-init',
    env: 'AWS_USERDATA',
  },
  'amazonec2-access-key': {
    kind: 'string',
    credential: true,
    summary: 'Access key id, for this command only; better let the AWS credential chain find it',
    env: 'AWS_ACCESS_KEY_ID',
  },
  'amazonec2-secret-key': {
    kind: 'string',
    credential: true,
    summary: 'Secret access key, for this command only',
    env: 'AWS_SECRET_ACCESS_KEY',
  },
  'amazonec2-session-token': {
    kind: 'string',
    credential: true,
    summary: 'Session token that belongs to temporary keys, for this command only',
    env: 'AWS_SESSION_TOKEN',
  },
  'amazonec2-retries': {
    kind: 'integer',
    scope: 'one',
    summary: 'How often a request is repeated that failed for a moment; -1 or 0 for never',
    env: 'AWS_RETRIES',
    default: 5,
  },
  'amazonec2-endpoint': {
    kind: 'string',
    scope: 'one',
    summary: "Address of an EC2 API of your own; without it the region's",
    env: 'AWS_ENDPOINT',
  },
  'amazonec2-insecure-transport': {
    kind: 'boolean',
    scope: 'one',
    summary: 'That address is spoken to without TLS',
    env: 'AWS_INSECURE_TRANSPORT',
  },
};
