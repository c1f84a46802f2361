import { createHash } from 'node:crypto';
import type { Labels, Site } from '../driver.ts';
import { changing, labelsOfShared } from '../labels.ts';
import type { Google } from './client.ts';
import type { Path } from './paths.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly google: Google;
}

/** Of an id; of anything else as the name of such a thing where the settings say. */
export function where(text: string, usual: Omit<Path, 'name'>, parse: (text: string) => Path): Path {
  return text.includes('/') ? parse(text) : { ...usual, name: text };
}

export function ownLabels({ site }: Place, key: string): Labels {
  return { ...site.labels, 'slipway-key': key };
}

/** For what is described once and for all. */
export function lastingLabels(place: Place, key: string): Labels {
  const labels = ownLabels(place, key);
  const passing = changing(labels);
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !(name in passing)));
}

/** As `ownLabels`, for what machines share. */
export function sharedLabels({ site }: Place, key: string): Labels {
  return { ...labelsOfShared(site.labels), 'slipway-key': key };
}

/** Short enough for a name, and another for another text. */
export function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
