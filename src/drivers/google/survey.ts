import { SlipwayError } from '../../errors.ts';
import type { Found, Labels, Removable } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import type { Google } from './client.ts';
import { labelsIn, remove } from './kept.ts';
import { LABELLED, pagesOf, type Scoped, type Thing } from './pages.ts';
import { formatPath, parsePath } from './paths.ts';

/** What can bear no labels is looked at by its name, and then by its description. */
const NAMED = 'name:slipway';

/**
 * Everything of ours in a project, and the rules that are kept in another one with its network.
 * @throws SlipwayError `refused` where a list is not whole: what is missing there is not gone
 */
export async function everythingIn(google: Google, project: string, rulesIn: string): Promise<Found[]> {
  const kinds = await Promise.all([
    instances(google, project),
    disks(google, project),
    addresses(google, project),
    firewalls(google, rulesIn),
    networks(google, project),
  ]);
  return once(kinds.flat());
}

/** In the order made. */
export function removableIn(google: Google): Removable[] {
  const part = (kind: string, more: object = {}): Removable => ({
    kind,
    ...more,
    destroy: (id) => remove(google, parsePath(id)),
  });
  return [
    part('network', { shared: 'network' }),
    part('guard', { shared: 'guard' }),
    part('firewall'),
    part('address'),
    {
      kind: 'instance',
      async destroy(id) {
        await remove(google, parsePath(id));
        await remove(google, { ...parsePath(id), collection: 'disks' });
      },
    },
  ];
}

async function instances(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ instances }, o) => instances.aggregatedList({ project, filter: LABELLED, ...pageToken }, o)),
  );
  return scoped(pages, 'instances').flatMap((each) => found('instance', each, each.labels));
}

/** A disk goes with its instance. One that was left is removed as the instance would be. */
async function disks(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ disks }, o) => disks.aggregatedList({ project, filter: LABELLED, ...pageToken }, o)),
  );
  return scoped(pages, 'disks')
    .flatMap((each) => found('instance', each, each.labels))
    .map((each) => ({ ...each, id: formatPath({ ...parsePath(each.id), collection: 'instances' }) }));
}

async function addresses(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ addresses }, o) => addresses.aggregatedList({ project, filter: NAMED, ...pageToken }, o)),
  );
  return scoped(pages, 'addresses').flatMap((each) => found('address', each, described(each)));
}

async function firewalls(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ firewalls }, options) => firewalls.list({ project, filter: NAMED, ...pageToken }, options)),
  );
  const rules = pages.flatMap(({ items = [] }) => items);
  return rules.flatMap((each) => found(each.denied ? 'guard' : 'firewall', each, described(each)));
}

async function networks(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ networks }, options) => networks.list({ project, filter: NAMED, ...pageToken }, options)),
  );
  return pages.flatMap(({ items = [] }) => items).flatMap((each) => found('network', each, described(each)));
}

/** Somebody may have written another description: then its name still says whose it is. */
function described({ description, name }: Thing): Labels | undefined {
  return labelsIn(description) ?? labelsInKey(name ?? '');
}

function found(kind: string, { selfLink }: Thing, labels: Labels | null | undefined): Found[] {
  if (!labels) return [];
  const path = parsePath(selfLink ?? '');
  const where = path.zone ?? path.region;
  return [{ kind, id: formatPath(path), labels, ...(where === undefined ? {} : { where }) }];
}

function scoped(pages: readonly { items?: unknown }[], collection: 'instances' | 'disks' | 'addresses'): Thing[] {
  const scopes = pages.flatMap(({ items }) => Object.entries((items ?? {}) as Record<string, Scoped>));
  const missing = scopes.find(([, { warning }]) => warning?.code === 'UNREACHABLE');
  if (missing) {
    throw new SlipwayError('refused', `Google Cloud cannot reach "${missing[0]}" at the moment`, {
      hint: 'https://status.cloud.google.com tells of outages.',
    });
  }
  return scopes.flatMap(([, each]) => each[collection] ?? []);
}

/** An instance and its disk are one part. */
function once(found: readonly Found[]): Found[] {
  return [...new Map(found.map((each) => [each.id, each])).values()];
}
