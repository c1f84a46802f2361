import type { DriverModule } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import { newMemory } from '../../src/memory.ts';
import { waitFor } from '../../src/poll.ts';
import type { Cloud } from '../clouds/cloud.ts';
import { newSite } from './site.ts';

/** Makes so many machines of one command at once, each as far as its address; gives what removes them. */
export async function makeMany(module: DriverModule, values: FlagValues, count: number): Promise<() => Promise<void>> {
  const memory = newMemory();
  const machines = await Promise.all(
    Array.from({ length: count }, async () => {
      const place = await newSite();
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

/** How often each call was made since the one of this number. */
export function countsSince({ calls }: Cloud, first: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what } of calls.slice(first)) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}
