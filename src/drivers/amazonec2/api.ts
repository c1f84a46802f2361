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
import { type Gate, newGate } from '../../gate.ts';
import type { AskOne } from '../../gather.ts';
import type { Memory } from '../../memory.ts';
import { failureOf, givenUp, pauseFor } from './failures.ts';
import { pollsOf } from './polls.ts';
import type { Place } from './settings.ts';

/** The calls of EC2 that we make, for one machine. Everything that they throw is a SlipwayError. */
export type Api = ReturnType<typeof newApi>;

/** The way to one region of one account, for all machines of a process. */
export type Connection = ReturnType<typeof newConnection>;

/** For how long AWS may put a request off, in milliseconds. */
const PATIENCE = 180_000;

/** Only this file names the SDK's commands, and it is loaded with them at the first question: see client.ts. */
export function newConnection(config: EC2ClientConfig & Place) {
  const gate = newGate({ pauseFor, patience: config.attempts > 1 ? PATIENCE : 0 });
  const client = behind(gate, new EC2Client({ ...config, maxAttempts: config.attempts }));
  const once = behind(gate, new EC2Client({ ...config, maxAttempts: 1 }));
  const calls = (signal?: AbortSignal) => callsOf({ client, once, region: config.region, signal });
  return { name: `${config.region} ${config.endpoint ?? ''}`, calls, ...pollsOf(calls()) };
}

export function newApi(connection: Connection, { signal, memory }: { signal?: AbortSignal; memory: Memory }) {
  const calls = connection.calls(signal);
  const known =
    <I, O>(call: (input: I) => Promise<O>, action: string) =>
    (input: I): Promise<O> =>
      memory.recall(`${connection.name} ${action} ${JSON.stringify(input)}`, () => call(input));
  const about =
    <T>(ask: AskOne<T>) =>
    (key: string) =>
      ask(key, signal);
  return {
    ...calls,
    /** What is the same for all machines of a command. */
    known: {
      accountAttributes: known(calls.accountAttributes, 'accountAttributes'),
      images: known(calls.images, 'images'),
      typeOfferings: known(calls.typeOfferings, 'typeOfferings'),
      types: known(calls.types, 'types'),
      keyPairs: known(calls.keyPairs, 'keyPairs'),
      groups: known(calls.groups, 'groups'),
      subnets: known(calls.subnets, 'subnets'),
      vpcs: known(calls.vpcs, 'vpcs'),
    },
    /** By its id; those of many machines are asked about together. So are the others. */
    instance: about(connection.instance),
    /** One that has not ended. */
    instanceByKey: about(connection.instanceByKey),
    group: about(connection.group),
    groupByKey: about(connection.groupByKey),
    addressByKey: about(connection.addressByKey),
  };
}

/** Each attempt goes through the gate; it knows more of throttling than the SDK, which sees one request at a time. */
function behind(gate: Gate, client: EC2Client): EC2Client {
  const held =
    <A, R>(next: (args: A) => Promise<R>, context: Context) =>
    (args: A): Promise<R> =>
      gate
        .pass(() => next(args), signalIn(context))
        .catch((error: unknown) => {
          throw pauseFor(error) === undefined ? error : givenUp(error);
        });
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

interface Asking {
  readonly client: EC2Client;
  /** For what has no token by which a second request would be known for the first. */
  readonly once: EC2Client;
  readonly region: string;
  readonly signal: AbortSignal | undefined;
}

function callsOf({ client, once, region, signal }: Asking) {
  const through =
    (client: EC2Client) =>
    <I extends ServiceInputTypes, O extends ServiceOutputTypes>(action: string, Command: Kind<I, O>) =>
    (input: I): Promise<O> =>
      client.send(new Command(input), signal ? { abortSignal: signal } : {}).catch((error: unknown) => {
        throw failureOf(error, { action, region, signal, input });
      });
  const call = through(client);
  return {
    allocateAddress: through(once)('AllocateAddress', AllocateAddressCommand),
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

export type Calls = ReturnType<typeof callsOf>;

type Kind<I extends ServiceInputTypes, O extends ServiceOutputTypes> = new (
  input: I,
) => $Command<I, O, EC2ClientResolvedConfig>;
