import type { Labels, Made, Site } from '../driver.ts';
import { changing } from '../labels.ts';
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
 * which all labels are, and another for each that may change; all are removed with it.
 * "slipway:KEY:store:0123:machine:dev:created:1795322902", "slipway:KEY:expires:1795326502"
 */
export function tagsFor({ site }: Place, key: string): string[] {
  const passing = changing(site.labels);
  const lasting = Object.entries(site.labels).filter(([name]) => !(name in passing));
  const tagOf = (labels: readonly (readonly [string, string])[]) =>
    [MARK, key, ...labels.flatMap(([name, value]) => [name.replace(PREFIX, ''), value])].join(':');
  return [tagOf(lasting), ...Object.entries(passing).map((label) => tagOf([label]))];
}

/** Which of the labels that may change a tag has: "expires"; undefined for one of another kind. */
export function passingIn(tag: string): string | undefined {
  const [, , name = '', ...rest] = tag.split(':');
  return rest.length === 1 && ['expires', 'protected'].includes(name) ? name : undefined;
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

/** The labels that the tags say; of two that an interrupted change can leave the later end, and rather "yes" than "no". */
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
