import { basename } from 'node:path';
import type { Plan } from '../driver.ts';
import type { Facts, Source } from './facts.ts';
import type { Place } from './place.ts';
import { userDataOf } from './spec.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkPlace({ site }: Place, facts: () => Promise<Facts>): Promise<void> {
  if (site.bootstrap) userDataOf(site.bootstrap.userData);
  await facts();
}

export async function planOf({ settings }: Place, facts: () => Promise<Facts>): Promise<Plan> {
  const { source, compute, host, datastore, networks } = await facts();
  const words = [
    originIn(source),
    `${settings.cpus} processors, ${settings.memory} MiB`,
    `at least ${settings.disk} MiB of disk`,
    `in "${compute.name}"`,
    ...(host ? [`on "${host.name}"`] : []),
    ...(datastore ? [`on the datastore "${datastore.name}"`] : []),
    ...networks.map(({ item }) => `in the network "${item.name}"`),
  ];
  return { parts: [{ kind: 'machine', what: words.join(', ') }] };
}

function originIn(source: Source): string {
  if (source.kind === 'template') return `a clone of "${source.template.name}"`;
  if (source.kind === 'item') return `made of the library item "${source.name}"`;
  const { path, datastore } = source;
  return `made of the image "${basename(path)}", whose disks go to "${datastore.name}"`;
}
