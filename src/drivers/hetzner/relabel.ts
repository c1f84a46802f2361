import type { Made } from '../driver.ts';
import { changing } from '../labels.ts';
import { type Collection, FIREWALLS, KEYS, type Kept, SERVERS } from './kept.ts';
import type { Place } from './place.ts';

/** What of a machine is its own, and so ends with it. */
const OWN: Readonly<Record<string, Collection>> = { key: KEYS, firewall: FIREWALLS, server: SERVERS };

/** Writes the labels that may change on the parts of the machine. */
export async function relabel(place: Place, made: Made): Promise<void> {
  for (const [kind, collection] of Object.entries(OWN)) {
    const id = made[kind];
    if (id !== undefined) await mark(place, collection, id);
  }
}

/** Labels are replaced as a whole. */
async function mark({ hetzner, site }: Place, { path, one }: Collection, id: string): Promise<void> {
  const changes = changing(site.labels);
  if (Object.keys(changes).length === 0) return;
  const { [one]: kept } = await hetzner.ask<Readonly<Record<string, Kept>>>('GET', `/${path}/${id}`);
  await hetzner.ask('PUT', `/${path}/${id}`, { body: { labels: { ...kept?.labels, ...changes } } });
}
