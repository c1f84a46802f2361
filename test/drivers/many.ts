import { expect, test } from '@jest/globals';
import type { DriverModule } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import { newMemory } from '../../src/memory.ts';
import { waitFor } from '../../src/poll.ts';
import type { Answer, Cloud } from '../clouds/cloud.ts';
import { newKeyedSite } from './machines.ts';

/** Makes so many machines of one command at once, each as far as its address; gives what removes them. */
export async function makeMany(module: DriverModule, values: FlagValues, count: number): Promise<() => Promise<void>> {
  const memory = newMemory();
  const machines = await Promise.all(
    Array.from({ length: count }, async () => {
      const place = await newKeyedSite();
      const driver = module.driver(values, { ...place.site, memory });
      return { place, driver, made: {} as Record<string, string> };
    }),
  );
  const shared = new Map<string, Promise<string>>();
  await Promise.all(
    machines.map(async ({ place, driver, made }) => {
      await driver.check?.();
      for (const part of driver.parts) {
        const own = part.shared ?? `test-${place.site.machine}-${part.kind}`;
        const make = () => part.create(`slipway-0123abcd-${own}`, made);
        const id = part.shared === undefined ? make() : (shared.get(part.shared) ?? make());
        if (part.shared !== undefined) shared.set(part.shared, id);
        made[part.kind] = await id;
      }
      await waitFor({ what: 'its address', limit: 60_000 }, () => driver.endpoint(made));
    }),
  );
  return async () => {
    const remove = async (isShared: boolean, { driver, made }: (typeof machines)[number]) => {
      for (const part of [...driver.parts].reverse()) {
        if ((part.shared !== undefined) === isShared) await part.destroy(made[part.kind] ?? '');
      }
    };
    await Promise.all(machines.map((machine) => remove(false, machine)));
    await Promise.all(machines.slice(0, 1).map((machine) => remove(true, machine)));
    await Promise.all(machines.map(({ place }) => place.remove()));
  };
}

/** A driver whose machines share what they ask, and how patient they must be. */
export interface Subject {
  readonly module: DriverModule;
  readonly small: FlagValues;
  cloud(): Cloud;
  /** The call that makes a machine, as the server names it. */
  readonly makes: string;
  /** The place takes no more requests for now; absent where another driver's test shows it, of the same client. */
  readonly tooFast?: Answer;
  /** How many questions each machine has of its own; what else there is to ask is asked by the second. */
  readonly asks: number;
}

const MANY = 20;

export function driverMany(subject: Subject): void {
  asksAreGathered(subject);
  const { tooFast } = subject;
  if (tooFast) patienceIsShared(subject, tooFast);
}

function asksAreGathered({ module, small, cloud, makes, asks }: Subject): void {
  test('twenty machines are asked about together', async () => {
    const first = cloud().calls.length;
    const began = performance.now();
    const remove = await makeMany(module, small, MANY);
    const seconds = (performance.now() - began) / 1000;
    const calls = cloud().calls.slice(first);
    expect(calls.filter(({ what }) => what === makes)).toHaveLength(MANY);
    // Each kind of question about all of them a few times in a second at most, and some things once; each asking for
    // itself, as often as `waitFor` does, would be more than 150 in the two seconds that it takes at least.
    expect(calls.filter(({ reads }) => reads).length).toBeLessThan(asks * MANY + 12 * seconds + 20);
    await remove();
    expect(await cloud().left()).toEqual([]);
  });
}

/** @param tooFast the place's answer, to which the time to wait is added */
export function patienceIsShared(
  subject: Pick<Subject, 'module' | 'small' | 'cloud' | 'makes'>,
  tooFast: Answer,
): void {
  const { module, small, cloud, makes } = subject;
  test('when one of twenty is asked for patience, all have it', async () => {
    const sent: number[] = [];
    let opens = 0;
    cloud().intercept = ({ what }, when) => {
      if (when === 'after') return undefined;
      const now = performance.now();
      sent.push(now);
      if (what !== makes || opens > 0) return undefined;
      opens = now + 8000;
      return { ...tooFast, headers: { ...tooFast.headers, 'retry-after': '8' } };
    };
    const remove = await makeMany(module, small, MANY);
    expect(opens).toBeGreaterThan(0);
    expect(sent.filter((at) => at > opens - 4000 && at < opens)).toEqual([]); // before that they were on their way
    await remove();
    expect(await cloud().left()).toEqual([]);
  });
}

/** How often each call was made since the one of this number. */
export function countsSince({ calls }: Cloud, first: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what } of calls.slice(first)) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}
