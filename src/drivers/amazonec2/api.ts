import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { newGate } from '../../gate.ts';
import type { AskOne } from '../../gather.ts';
import type { Memory } from '../../memory.ts';
import { behind, callsOf } from './calls.ts';
import { pauseFor } from './failures.ts';
import { pollsOf } from './polls.ts';
import type { Place } from './settings.ts';

/** The calls of EC2 that we make, for one machine. Everything that they throw is a SlipwayError. */
export type Api = ReturnType<typeof newApi>;

/** The way to one region of one account, for all machines of a process. */
export type Connection = ReturnType<typeof newConnection>;

/** For how long AWS may put a request off, in milliseconds. */
const PATIENCE = 180_000;

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
