import type { Usage } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';
import { ask, RAISE_QUOTA } from './failures.ts';
import { all } from './pages.ts';
import type { Place } from './place.ts';
import type { Size } from './size.ts';

/** @throws SlipwayError `quota` with the name of the one that is used up */
export async function checkQuota({ settings, clients, options, site }: Place, size: Size): Promise<void> {
  const { location, spot } = settings;
  const { usage } = await clients.compute();
  const usages = await site.memory.recall(`azure ${settings.subscription} quotas ${location}`, () =>
    ask(`look at the quotas in "${location}"`, () => all(usage.list(location, options))),
  );
  const counted = spot ? ['lowPriorityCores'] : ['cores', size.family];
  const wanted = [...counted.map((name) => [name, size.cores] as const), ['virtualMachines', 1] as const];
  for (const [name, more] of wanted) {
    const found = usages.find((each) => each.name?.value?.toLowerCase() === name.toLowerCase());
    if (found && found.currentValue + more > found.limit) throw usedUp(found, more, location);
  }
}

function usedUp({ name, currentValue, limit }: Usage, more: number, location: string): SlipwayError {
  const title = name?.localizedValue ?? name?.value;
  const counts = `${currentValue} of ${limit} are used, and the machine takes ${more}`;
  return new SlipwayError('quota', `The quota "${title}" in "${location}" is used up: ${counts}`, {
    hint: RAISE_QUOTA,
  });
}
