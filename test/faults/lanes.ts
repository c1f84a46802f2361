import { availableParallelism } from 'node:os';
import type { FaultyCloud } from '../clouds/cloud.ts';
import { type Resident, startResident } from './resident.ts';

/** A cloud of its own, and a process that runs command lines against it: what is done in one disturbs no other. */
export interface Lane {
  readonly cloud: FaultyCloud;
  readonly resident: Resident;
}

export interface Lanes {
  /** Does the work with each item, as many at a time as there are lanes; the results come in the items' order. */
  each<T, R>(items: readonly T[], work: (lane: Lane, item: T) => Promise<R>): Promise<R[]>;
  readonly all: readonly Lane[];
  close(): Promise<void>;
}

/** Most of the time of what is done in them is waiting, for servers that are as slow as the real ones. */
const LANES_A_PROCESSOR = 3;

export async function openLanes(start: () => Promise<FaultyCloud>): Promise<Lanes> {
  const count = Math.min(6, LANES_A_PROCESSOR * availableParallelism());
  const lanes = await Promise.all(
    Array.from({ length: count }, async (): Promise<Lane> => {
      const cloud = await start();
      return { cloud, resident: startResident(cloud.env) };
    }),
  );
  return {
    async each(items, work) {
      const queue = [...items.entries()];
      const results: Awaited<ReturnType<typeof work>>[] = [];
      const run = async (lane: Lane) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          results[next[0]] = await work(lane, next[1]);
        }
      };
      const ended = await Promise.allSettled(lanes.map(run));
      const failed = ended.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
      return results;
    },
    all: lanes,
    async close() {
      await Promise.all(lanes.map(({ resident }) => resident.end()));
      await Promise.all(lanes.map(({ cloud }) => cloud.close()));
    },
  };
}
