import { type Bag, textIn, textsIn } from '../config.ts';
import { given, type OldDriver } from './old-driver.ts';

const amazonec2: OldDriver = {
  keys: {
    AMI: 'amazonec2-ami',
    Region: 'amazonec2-region',
    Zone: 'amazonec2-zone',
    InstanceType: 'amazonec2-instance-type',
    VpcId: 'amazonec2-vpc-id',
    SubnetId: 'amazonec2-subnet-id',
    SecurityGroupNames: 'amazonec2-security-group',
    DeviceName: 'amazonec2-device-name',
    RootSize: 'amazonec2-root-size',
    VolumeType: 'amazonec2-volume-type',
    IamInstanceProfile: 'amazonec2-iam-instance-profile',
    RequestSpotInstance: 'amazonec2-request-spot-instance',
    SpotPrice: 'amazonec2-spot-price',
    PrivateIPOnly: 'amazonec2-private-address-only',
    UsePrivateIP: 'amazonec2-use-private-address',
    UseEbsOptimizedInstance: 'amazonec2-use-ebs-optimized-instance',
    Monitoring: 'amazonec2-monitoring',
    Tags: 'amazonec2-tags',
    RetryCount: 'amazonec2-retries',
    Endpoint: 'amazonec2-endpoint',
    DisableSSL: 'amazonec2-insecure-transport',
  },
  read: ['Region', 'RequestSpotInstance', 'PrivateIPOnly', 'UsePrivateIP', 'Endpoint', 'DisableSSL'],
  credentials: {
    AccessKey: 'amazonec2-access-key',
    SecretKey: 'amazonec2-secret-key',
    SessionToken: 'amazonec2-session-token',
  },
  user: 'ubuntu',
  flags: (driver, { user, port, key }) => ({
    'amazonec2-ssh-user': user,
    'amazonec2-ssh-port': port,
    ...(key === undefined ? {} : { 'amazonec2-ssh-keypath': key }),
    'amazonec2-security-group': groupsOf(driver),
  }),
  parts: (driver) => ({
    ...(driver.ExistingKey === true ? {} : given('key-pair', textIn(driver, 'KeyName'))),
    ...given('instance', textIn(driver, 'InstanceId')),
  }),
  ids: ({ instance = '', 'security-group': group }) => ({
    InstanceId: instance,
    ...(group === undefined ? {} : { SecurityGroupId: group, SecurityGroupIds: [group] }),
  }),
};

export default amazonec2;

function groupsOf(driver: Bag): string[] {
  const names = [
    ...textsIn(driver, 'SecurityGroupNames'),
    ...textsIn(driver, 'SecurityGroupIds'),
    textIn(driver, 'SecurityGroupName'),
    textIn(driver, 'SecurityGroupId'),
  ].filter((name) => name !== '');
  return names.length > 0 ? names : ['docker-machine'];
}
