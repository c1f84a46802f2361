import type { Labels, Site } from '../driver.ts';
import { changing } from '../labels.ts';
import type { Ibm } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly ibm: Ibm;
}

/** Where what is made belongs to. */
export function groupOf({ settings }: Place): { resource_group?: { id: string } } {
  return settings.resourceGroup === undefined ? {} : { resource_group: { id: settings.resourceGroup } };
}

/** Whether a name is a key of ours. */
export function isOurName(name: string): boolean {
  return name.startsWith('slipway-');
}

/** Every disk of ours bears it, so that one list shows them. */
export const MARK = 'slipway';

/**
 * Tags of the machine's disk: "slipway-store:0123abcd". Of all that a machine has, only disks bear tags in this API, and they
 * cannot be changed as simply as they are given: so what may change stands in rules of its security group, and not here.
 */
export function tagsOf({ site }: Place): string[] {
  const passing = changing(site.labels);
  const labels = Object.entries(site.labels).filter(([name]) => !(name in passing));
  return [MARK, ...labels.map(([name, value]) => `${name}:${value}`)];
}

export function labelsIn(tags: readonly string[]): Labels {
  const pairs = tags.filter((tag) => tag.startsWith(`${MARK}-`)).map((tag) => tag.split(/:(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs);
}
