import {
  type $Command,
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
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
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  type EC2Client,
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
import type { Gate } from '../../gate.ts';
import { answeredAtOnce } from '../refusal.ts';
import { failureOf, givenUp, isAnswer, pauseFor } from './failures.ts';

export interface Asking {
  readonly client: EC2Client;
  /** For what has no token by which a second request would be known for the first. */
  readonly once: EC2Client;
  readonly region: string;
  readonly signal: AbortSignal | undefined;
}

/** Only this file names the SDK's commands, and it is loaded with them at the first question: see client.ts. */
export function callsOf({ client, once, region, signal }: Asking) {
  const through =
    (client: EC2Client) =>
    <I extends ServiceInputTypes, O extends ServiceOutputTypes>(action: string, Command: Kind<I, O>) =>
    (input: I): Promise<O> =>
      client.send(new Command(input), signal ? { abortSignal: signal } : {}).catch((error: unknown) => {
        const failure = failureOf(error, { action, region, signal, input });
        throw MAKING.has(action) && !afterLoss.has(error as object) ? answeredAtOnce(failure) : failure;
      });
  const call = through(client);
  return {
    allocateAddress: through(once)('AllocateAddress', AllocateAddressCommand),
    associateAddress: call('AssociateAddress', AssociateAddressCommand),
    authorizeIngress: call('AuthorizeSecurityGroupIngress', AuthorizeSecurityGroupIngressCommand),
    createGroup: call('CreateSecurityGroup', CreateSecurityGroupCommand),
    createTags: call('CreateTags', CreateTagsCommand),
    deleteKeyPair: call('DeleteKeyPair', DeleteKeyPairCommand),
    deleteGroup: call('DeleteSecurityGroup', DeleteSecurityGroupCommand),
    deleteVolume: call('DeleteVolume', DeleteVolumeCommand),
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
    volumes: call('DescribeVolumes', DescribeVolumesCommand),
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

/** What makes a part. */
const MAKING = new Set(['AllocateAddress', 'CreateSecurityGroup', 'RunInstances']);

/** Errors of requests that were sent once more because nobody knew what became of them, or of which that holds still. */
const afterLoss = new WeakSet<object>();

export type Calls = ReturnType<typeof callsOf>;

/** Each attempt goes through the gate; it knows more of throttling than the SDK, which sees one request at a time. */
export function behind(gate: Gate, client: EC2Client): EC2Client {
  const held = <A, R>(next: (args: A) => Promise<R>, context: Context) => {
    let isLost = false;
    const send = (args: A) =>
      next(args).catch((error: object) => {
        isLost ||= !isAnswer(error);
        if (isLost) afterLoss.add(error);
        throw error;
      });
    return (args: A): Promise<R> =>
      gate
        .pass(() => send(args), signalIn(context))
        .catch((error: unknown) => {
          throw pauseFor(error) === undefined ? error : givenUp(error);
        });
  };
  client.middlewareStack.addRelativeTo(held, {
    name: 'slipwayGate',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
  return client;
}

/** The one that came with the call: the SDK knows two kinds, and ours are the platform's. */
function signalIn(context: Context): AbortSignal | undefined {
  const signal = context.__smithy_context?.abortSignal;
  return signal instanceof AbortSignal ? signal : undefined;
}

interface Context {
  readonly __smithy_context?: { readonly abortSignal?: unknown };
}

type Kind<I extends ServiceInputTypes, O extends ServiceOutputTypes> = new (
  input: I,
) => $Command<I, O, EC2ClientResolvedConfig>;
