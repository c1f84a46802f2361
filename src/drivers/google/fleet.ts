import { SlipwayError } from '../../errors.ts';
import type { Fleet, Found, Made, PowerState } from '../driver.ts';
import { type Google, newGoogle } from './client.ts';
import { labelsIn } from './kept.ts';
import { formatPath, parsePath } from './paths.ts';
import { stateFrom } from './power.ts';
import { projectOf } from './settings.ts';

/** One list of all zones of a project, whatever the number of machines. */
export const fleet: Fleet = {
  scope: projectOf,
  async states(values, machines, signal) {
    const project = projectOf(values);
    const google = newGoogle(project, signal);
    const { statuses, unreachable } = await statusesOf(google, project);
    return machines.map((made) => stateOf(made, statuses, unreachable));
  },
  async survey(values, signal) {
    const project = projectOf(values);
    const google = newGoogle(project, signal);
    const kinds = await Promise.all([
      instances(google, project),
      disks(google, project),
      addresses(google, project),
      firewalls(google, project),
      networks(google, project),
    ]);
    return once(kinds.flat());
  },
};

/** What bears a label of ours; cloud.google.com/compute/docs/reference/rest/v1/instances/list, "filter". */
const LABELLED = 'labels.slipway-key:*';
/** What can bear none is looked at by its name, and then by its description. */
const NAMED = 'name:slipway';

interface Thing {
  readonly name?: string | null;
  readonly selfLink?: string | null;
  readonly status?: string | null;
  readonly description?: string | null;
  readonly labels?: Record<string, string> | null;
}

interface Scoped {
  readonly warning?: { readonly code?: string | null };
  readonly instances?: readonly Thing[];
  readonly disks?: readonly Thing[];
  readonly addresses?: readonly Thing[];
}

async function statusesOf(google: Google, project: string) {
  const filter = LABELLED;
  const fields = 'nextPageToken,items/*/instances(selfLink,status),items/*/warning/code';
  const pages = await pagesOf((pageToken) =>
    google.ask(({ instances }, o) => instances.aggregatedList({ project, filter, fields, ...pageToken }, o)),
  );
  const scopes = pages.flatMap(({ items }) => Object.entries((items ?? {}) as Record<string, Scoped>));
  const found = scopes.flatMap(([, { instances = [] }]) => instances);
  return {
    statuses: new Map(found.map((each) => [formatPath(parsePath(each.selfLink ?? '')), each.status])),
    unreachable: scopes.filter(([, { warning }]) => warning?.code === 'UNREACHABLE').map(([scope]) => scope),
  };
}

function stateOf(
  { instance }: Made,
  statuses: ReadonlyMap<string, string | null | undefined>,
  unreachable: readonly string[],
): PowerState {
  if (instance === undefined) return 'Gone';
  const status = statuses.get(instance);
  const zone = `zones/${parsePath(instance).zone}`;
  if (status !== undefined || !unreachable.includes(zone)) return stateFrom(status);
  throw new SlipwayError('refused', `Google Cloud cannot reach "${zone}" at the moment`, {
    hint: 'https://status.cloud.google.com tells of outages.',
  });
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
  return scoped(pages, 'addresses').flatMap((each) => found('address', each, labelsIn(each.description)));
}

async function firewalls(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ firewalls }, options) => firewalls.list({ project, filter: NAMED, ...pageToken }, options)),
  );
  const rules = pages.flatMap(({ items = [] }) => items);
  return rules.flatMap((each) => found(each.denied ? 'guard' : 'firewall', each, labelsIn(each.description)));
}

async function networks(google: Google, project: string): Promise<Found[]> {
  const pages = await pagesOf((pageToken) =>
    google.ask(({ networks }, options) => networks.list({ project, filter: NAMED, ...pageToken }, options)),
  );
  return pages.flatMap(({ items = [] }) => items).flatMap((each) => found('network', each, labelsIn(each.description)));
}

function found(kind: string, { selfLink }: Thing, labels: Thing['labels']): Found[] {
  return labels ? [{ kind, id: formatPath(parsePath(selfLink ?? '')), labels }] : [];
}

function scoped(pages: readonly { items?: unknown }[], collection: 'instances' | 'disks' | 'addresses'): Thing[] {
  const scopes = pages.flatMap(({ items }) => Object.values((items ?? {}) as Record<string, Scoped>));
  return scopes.flatMap((each) => each[collection] ?? []);
}

interface Page {
  readonly nextPageToken?: string | null;
}

async function pagesOf<T extends Page>(ask: (pageToken: { pageToken?: string }) => Promise<T>): Promise<T[]> {
  const pages: T[] = [];
  for (let token: string | null | undefined; pages.length === 0 || token; token = pages.at(-1)?.nextPageToken) {
    pages.push(await ask(token ? { pageToken: token } : {}));
  }
  return pages;
}

/** An instance and its disk are one part. */
function once(found: readonly Found[]): Found[] {
  return [...new Map(found.map((each) => [each.id, each])).values()];
}
