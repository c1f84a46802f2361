import { createHash } from 'node:crypto';
import type { Site } from '../driver.ts';
import { labelsOfShared } from '../labels.ts';
import { type Clients, clientsOf } from './client.ts';
import { type Named, type ResourceType, resourceId } from './ids.ts';
import type { Settings } from './settings.ts';

/** What each part works with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly clients: Clients;
  /** The name of the resource group that holds the machine. */
  readonly group: string;
  /** What a group and a network of our own are shared by, `Part.shared`. */
  readonly shared: { readonly group: string; readonly network: string };
  /** Ends each call when the work is interrupted. */
  readonly options: { readonly abortSignal?: AbortSignal };
}

export function placeOf(settings: Settings, site: Site): Place {
  const shared = {
    group: sharedText(settings, 'group', []),
    network: sharedText(settings, 'network', [settings.group ?? '', settings.prefix, String(settings.ipv6)]),
  };
  return {
    settings,
    site,
    clients: clientsOf(settings.cloud, settings.subscription),
    group: settings.group ?? `slipway-${site.labels['slipway-store']}-${shared.group}`,
    shared,
    options: site.signal ? { abortSignal: site.signal } : {},
  };
}

/** The id of what is under this name in the machine's group. */
export function idOf({ settings, group }: Place, type: ResourceType, name: string): string {
  return resourceId(settings.subscription, { group, type, name });
}

/** The id of what the user named. */
export function idOfNamed({ settings, group }: Place, type: ResourceType, { id, ...named }: Named): string {
  return id ?? resourceId(settings.subscription, { group, type, ...named });
}

/** What each part of ours bears. */
export function tagsFor({ site, settings }: Place, key: string): Record<string, string> {
  return { ...settings.tags, ...site.labels, 'slipway-key': key };
}

/** As `tagsFor`, for what machines share. */
export function sharedTagsFor({ site, settings }: Place, key: string): Record<string, string> {
  return { ...settings.tags, ...labelsOfShared(site.labels), 'slipway-key': key };
}

/** Machines that pay from different subscriptions, or want other networks, must not take each other's for theirs. */
function sharedText({ cloud, subscription, location }: Settings, what: string, more: readonly string[]): string {
  const digest = createHash('sha256')
    .update([cloud.url, subscription, ...more].join('\n'))
    .digest('hex');
  return `${location}-${digest.slice(0, 8)}-${what}`;
}
