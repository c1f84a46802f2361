import type { Labels, Made, Site } from '../driver.ts';
import type { DigitalOcean } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly ocean: DigitalOcean;
}

/** An accepted request shows within seconds; in milliseconds. */
export const SETTLES = 5_000;

/**
 * DigitalOcean has no labels, but tags, which stay when nothing bears them any more. So a machine has one of its own, in
 * which all labels are, and another for its end, which may change; both are removed with it.
 * "slipway:KEY:store:0123:machine:dev:created:1795322902", "slipway:KEY:expires:1795326502"
 */
export function tagsFor({ site }: Place, key: string): string[] {
  const { 'slipway-expires': expires, ...rest } = site.labels;
  const words = Object.entries(rest).flatMap(([name, value]) => [name.replace(PREFIX, ''), value]);
  return [[MARK, key, ...words].join(':'), ...(expires === undefined ? [] : [`${MARK}:${key}:expires:${expires}`])];
}

/** The tags of the machine that has this tag. */
export function tagsOfMachine(place: Place, { tag }: Made): string[] {
  return tag === undefined ? [] : tagsFor(place, keyOfTag(tag));
}

/** Of a tag of ours, which machine's it is. */
export function keyOfTag(tag: string): string {
  return tag.split(':')[1] ?? tag;
}

export function isOurTag(tag: string): boolean {
  return tag.startsWith(`${MARK}:slipway-`);
}

/** The labels that the tags say; of two ends, which an interrupted change can leave, the later. */
export function labelsIn(tags: readonly string[] | null | undefined): Labels {
  const words = (tags ?? [])
    .filter(isOurTag)
    .sort()
    .map((tag) => tag.split(':').slice(2));
  const pairs = words.flatMap((each) =>
    each.flatMap((word, at) => (at % 2 === 0 ? [[`slipway-${word}`, each[at + 1] ?? ''] as const] : [])),
  );
  return Object.fromEntries(pairs);
}

const MARK = 'slipway';
const PREFIX = /^slipway-/;

/** Whether a name is a key of ours. */
export function isOurName(name: string): boolean {
  return name.startsWith('slipway-');
}
