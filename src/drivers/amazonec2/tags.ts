import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Labels, Site } from '../driver.ts';
import type { Settings } from './settings.ts';

/** The tags of a part, for each kind of thing that EC2 makes of it. */
export function tagsFor(
  kinds: readonly ResourceType[],
  key: string,
  settings: Settings,
  site: Site,
): TagSpecification[] {
  const tags = { Name: site.machine, ...settings.tags, ...site.labels, 'slipway-key': key };
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return kinds.map((kind) => ({ ResourceType: kind, Tags: list }));
}

/** Whatever bears a label of ours. */
export const ours: Filter[] = [{ Name: 'tag-key', Values: ['slipway-store'] }];

/** The key among these tags. */
export function keyIn(tags: readonly Tag[] | undefined): string | undefined {
  return tags?.find(({ Key }) => Key === 'slipway-key')?.Value;
}

export function labelsIn(tags: readonly Tag[] | undefined): Labels {
  const own = tags?.filter(({ Key }) => Key?.startsWith('slipway-')) ?? [];
  return Object.fromEntries(own.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
