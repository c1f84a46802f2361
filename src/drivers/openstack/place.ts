import { SlipwayError } from '../../errors.ts';
import type { Labels, Site } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import type { OpenStack } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly openstack: OpenStack;
}

/** An accepted request shows within seconds; in milliseconds. */
export const SETTLES = 5_000;

export function ownLabels({ site }: Place, key: string): Labels {
  return { ...site.labels, 'slipway-key': key };
}

/** Most of what a description may have. */
const LONGEST = 255;

/**
 * Labels for what has a description only: what the key tells by itself is left away. Unlike tags, a description is given
 * in the request that makes the thing.
 */
export function descriptionOf(labels: Labels): string {
  const { 'slipway-key': key = '', ...others } = labels;
  const told = labelsInKey(key) ?? {};
  const more = Object.entries(others).filter(([name, value]) => told[name] !== value);
  return [['slipway-key', key], ...more]
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
    .slice(0, LONGEST);
}

/** The labels in such a description; undefined where it is none of ours. */
export function labelsInDescription(description: string | null | undefined): Labels | undefined {
  const pairs = (description ?? '').split(' ').map((word) => /^(slipway-[a-z]+)=([a-z0-9_-]*)$/.exec(word));
  const own = Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], pair[2]]] : [])));
  const key: string | undefined = own['slipway-key'];
  return key === undefined ? undefined : { ...labelsInKey(key), ...own };
}

/** What is no id of OpenStack's is a key of ours: so it goes when a part is removed of which no id was noted. */
export function isId(id: string): boolean {
  return /^[0-9a-f-]{36}$|^[0-9a-f]{32}$/.test(id);
}

export function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
