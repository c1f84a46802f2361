import {
  type $Command,
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
  type EC2ClientResolvedConfig,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { failureOf } from './failures.ts';

/** The calls of EC2 that we make. Everything that they throw is a SlipwayError. */
export type Api = ReturnType<typeof newApi>;

/** Only this file names the SDK's commands, and it is loaded with them at the first question: see client.ts. */
export function newApi(config: EC2ClientConfig & { region: string }, signal: AbortSignal | undefined) {
  const through =
    (client: EC2Client) =>
    <I extends ServiceInputTypes, O extends ServiceOutputTypes>(action: string, Command: Kind<I, O>) =>
    (input: I): Promise<O> =>
      client.send(new Command(input), signal ? { abortSignal: signal } : {}).catch((error: unknown) => {
        throw failureOf(error, { action, region: config.region, signal, input });
      });
  const call = through(new EC2Client(config));
  const once = through(new EC2Client({ ...config, maxAttempts: 1 }));
  return {
    /** Has no token by which a second request would be known for the first, so it is sent but once. */
    allocateAddress: once('AllocateAddress', AllocateAddressCommand),
    associateAddress: call('AssociateAddress', AssociateAddressCommand),
    authorizeIngress: call('AuthorizeSecurityGroupIngress', AuthorizeSecurityGroupIngressCommand),
    createGroup: call('CreateSecurityGroup', CreateSecurityGroupCommand),
    deleteGroup: call('DeleteSecurityGroup', DeleteSecurityGroupCommand),
    accountAttributes: call('DescribeAccountAttributes', DescribeAccountAttributesCommand),
    addresses: call('DescribeAddresses', DescribeAddressesCommand),
    images: call('DescribeImages', DescribeImagesCommand),
    instances: call('DescribeInstances', DescribeInstancesCommand),
    typeOfferings: call('DescribeInstanceTypeOfferings', DescribeInstanceTypeOfferingsCommand),
    types: call('DescribeInstanceTypes', DescribeInstanceTypesCommand),
    keyPairs: call('DescribeKeyPairs', DescribeKeyPairsCommand),
    groups: call('DescribeSecurityGroups', DescribeSecurityGroupsCommand),
    spotPrices: call('DescribeSpotPriceHistory', DescribeSpotPriceHistoryCommand),
    subnets: call('DescribeSubnets', DescribeSubnetsCommand),
    vpcs: call('DescribeVpcs', DescribeVpcsCommand),
    consoleOutput: call('GetConsoleOutput', GetConsoleOutputCommand),
    reboot: call('RebootInstances', RebootInstancesCommand),
    releaseAddress: call('ReleaseAddress', ReleaseAddressCommand),
    revokeIngress: call('RevokeSecurityGroupIngress', RevokeSecurityGroupIngressCommand),
    run: call('RunInstances', RunInstancesCommand),
    start: call('StartInstances', StartInstancesCommand),
    stop: call('StopInstances', StopInstancesCommand),
    terminate: call('TerminateInstances', TerminateInstancesCommand),
  };
}

type Kind<I extends ServiceInputTypes, O extends ServiceOutputTypes> = new (
  input: I,
) => $Command<I, O, EC2ClientResolvedConfig>;
