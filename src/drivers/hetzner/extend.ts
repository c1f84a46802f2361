import type { Made } from '../driver.ts';
import { type Collection, FIREWALLS, KEYS, type Kept, SERVERS } from './kept.ts';
import type { Place } from './place.ts';

/** What of a machine is its own, and so ends with it. */
const OWN: Readonly<Record<string, Collection>> = { key: KEYS, firewall: FIREWALLS, server: SERVERS };

/** Writes the machine's new end in the labels of its parts; Hetzner ends nothing by itself. */
export async function extend(place: Place, made: Made): Promise<void> {
  for (const [kind, collection] of Object.entries(OWN)) {
    const id = made[kind];
    if (id !== undefined) await relabel(place, collection, id);
  }
}

/** Labels are replaced as a whole. */
async function relabel({ hetzner, site }: Place, { path, one }: Collection, id: string): Promise<void> {
  const { 'slipway-expires': expires } = site.labels;
  if (expires === undefined) return;
  const { [one]: kept } = await hetzner.ask<Readonly<Record<string, Kept>>>('GET', `/${path}/${id}`);
  await hetzner.ask('PUT', `/${path}/${id}`, { body: { labels: { ...kept?.labels, 'slipway-expires': expires } } });
}
