import type { Plan } from '../driver.ts';
import type { Facts } from './facts.ts';
import type { Place } from './place.ts';
import { userDataOf } from './spec.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkPlace({ site }: Place, facts: () => Promise<Facts>): Promise<void> {
  if (site.bootstrap) userDataOf(site.bootstrap.userData);
  await facts();
}

export async function planOf({ settings }: Place, facts: () => Promise<Facts>): Promise<Plan> {
  const { template, compute, host, datastore, networks } = await facts();
  const words = [
    `a clone of "${template.name}"`,
    `${settings.cpus} processors, ${settings.memory} MiB`,
    `at least ${settings.disk} MiB of disk`,
    `in "${compute.name}"`,
    ...(host ? [`on "${host.name}"`] : []),
    ...(datastore ? [`on the datastore "${datastore.name}"`] : []),
    ...networks.map(({ item }) => `in the network "${item.name}"`),
  ];
  return { parts: [{ kind: 'machine', what: words.join(', ') }] };
}
