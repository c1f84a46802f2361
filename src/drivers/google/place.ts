import { createHash } from 'node:crypto';
import type { Labels, Site } from '../driver.ts';
import { labelsOfShared } from '../labels.ts';
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

/** For what is described once and for all: it may not tell an end that is moved later. */
export function lastingLabels(place: Place, key: string): Labels {
  const { 'slipway-expires': _, ...labels } = ownLabels(place, key);
  return labels;
}

/** As `ownLabels`, for what machines share. */
export function sharedLabels({ site }: Place, key: string): Labels {
  return { ...labelsOfShared(site.labels), 'slipway-key': key };
}

/** Short enough for a name, and another for another text. */
export function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
