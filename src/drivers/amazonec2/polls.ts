import type { Address, Filter, Instance, SecurityGroup } from '@aws-sdk/client-ec2';
import { type AskOne, gather } from '../../gather.ts';
import type { Calls } from './calls.ts';
import { allPages } from './pages.ts';
import { keyIn } from './tags.ts';

/** EC2 takes 200 values in one filter, and gives 20 answers a second for long ("Request throttling for the EC2 API"). */
const GATHERING = { most: 200, every: 250 };

/** What is asked again and again until it is so, of all machines of a process at once. */
export interface Polls {
  readonly instance: AskOne<Instance>;
  /** Only one that has not ended. */
  readonly instanceByKey: AskOne<Instance>;
  readonly group: AskOne<SecurityGroup>;
  readonly groupByKey: AskOne<SecurityGroup>;
  readonly addressByKey: AskOne<Address>;
}

export function pollsOf(calls: Calls): Polls {
  const instances = (Filters: Filter[]) =>
    allPages(calls.instances, { Filters, MaxResults: 1000 }, (page) =>
      page.Reservations?.flatMap((each) => each.Instances ?? []),
    );
  const groups = (filter: Filter) =>
    allPages(calls.groups, { Filters: [filter], MaxResults: 1000 }, (page) => page.SecurityGroups);
  return {
    instance: gather(
      async (ids) => by(({ InstanceId }) => InstanceId, await instances([among('instance-id', ids)])),
      GATHERING,
    ),
    instanceByKey: gather(async (keys) => by(keyOf, await instances([among(KEY, keys), LIVING])), GATHERING),
    group: gather(async (ids) => by(({ GroupId }) => GroupId, await groups(among('group-id', ids))), GATHERING),
    groupByKey: gather(async (keys) => by(keyOf, await groups(among(KEY, keys))), GATHERING),
    addressByKey: gather(async (keys) => {
      const { Addresses = [] } = await calls.addresses({ Filters: [among(KEY, keys)] });
      return by(keyOf, Addresses);
    }, GATHERING),
  };
}

const KEY = 'tag:slipway-key';
const LIVING = among('instance-state-name', ['pending', 'running', 'stopping', 'stopped']);

function among(Name: string, values: readonly string[]): Filter {
  return { Name, Values: [...values] };
}

function keyOf({ Tags }: { Tags?: Parameters<typeof keyIn>[0] }): string | undefined {
  return keyIn(Tags);
}

function by<T>(keyOf: (thing: T) => string | undefined, things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [keyOf(thing) ?? '', thing]));
}
