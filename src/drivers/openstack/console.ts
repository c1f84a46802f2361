import type { Made } from '../driver.ts';
import { ifThere } from './failures.ts';
import type { Place } from './place.ts';

/** What the machine wrote to its console; not every cloud keeps it. */
export async function consoleOf({ openstack }: Place, { server }: Made): Promise<string | undefined> {
  if (server === undefined) return undefined;
  const asked = { body: { 'os-getConsoleOutput': {} }, repeatable: true };
  const ask = openstack.compute.ask<{ output: string }>('POST', `/servers/${server}/action`, asked);
  return (await ifThere(ask))?.output || undefined;
}
