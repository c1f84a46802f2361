import type { Labels, Site } from '../driver.ts';
import type { Guest, SoftLayer } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly softlayer: SoftLayer;
}

/** Whether a name is a key of ours. */
export function isOurName(name: string): boolean {
  return name.startsWith('slipway-');
}

/**
 * Tags of the virtual server, in one text as `setTags` takes them: "slipway-key:slipway-0123abcd-dev-4567,slipway-store:0123abcd".
 */
export function tagsOf({ site }: Place, key: string): string {
  return wordsOf({ 'slipway-key': key, ...site.labels }).join(',');
}

/** What stands in the notes of a key, and in the description of a security group; they cannot change. */
export function notesOf({ site }: Place): string {
  const { 'slipway-expires': _, 'slipway-protected': __, ...labels } = site.labels;
  return wordsOf(labels).join(' ');
}

function wordsOf(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}:${value}`);
}

export function labelsIn(words: readonly string[]): Labels {
  const pairs = words.filter((word) => word.startsWith('slipway-')).map((word) => word.split(/:(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs);
}

export function labelsOfGuest({ hostname, tagReferences = [] }: Guest): Labels {
  const key: Labels = isOurName(hostname) ? { 'slipway-key': hostname } : {};
  return { ...key, ...labelsIn(tagReferences.map(({ tag }) => tag.name)) };
}
