import type { Labels, Site } from '../driver.ts';
import type { Hetzner } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly hetzner: Hetzner;
}

export function ownLabels({ site }: Place, key: string): Labels {
  return taken({ ...site.labels, 'slipway-key': key });
}

/** What machines share belongs to none of them, and does not end with one. */
export function sharedLabels({ site }: Place, key: string): Labels {
  const { 'slipway-store': store = '', 'slipway-created': created = '' } = site.labels;
  return taken({ 'slipway-store': store, 'slipway-created': created, 'slipway-key': key });
}

/** Hetzner takes no value that ends with a hyphen or such. */
function taken(labels: Labels): Labels {
  const values = Object.entries(labels).map(([name, value]) => [
    name,
    value.replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, ''),
  ]);
  return Object.fromEntries(values);
}
