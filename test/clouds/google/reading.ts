import { setTimeout as delay } from 'node:timers/promises';
import type { Ask, Handler } from './ask.ts';
import { filterOf } from './filter.ts';
import { usage } from './quota.ts';
import { notFound } from './refusal.ts';
import type { Thing } from './world.ts';

/** The methods that only ask, whatever they ask about. */
export const reading: Readonly<Record<string, Handler>> = {
  get: ({ world, url }) => world.get(url),
  list,
  aggregatedList,
  'images.getFromFamily': newest,
  'regions.get': (ask) => withQuotas(ask, ask.world.get(ask.url)),
  'projects.get': (ask) => ({ ...ask.world.get(ask.url), quotas: [] }),
  ...Object.fromEntries(
    ['zone', 'region', 'global'].flatMap((scope) => [
      [`${scope}Operations.get`, operation],
      [`${scope}Operations.wait`, ended],
      [`${scope}Operations.list`, operations],
    ]),
  ),
};

function withQuotas(ask: Ask, region: Thing): object {
  const quotas = Object.entries(ask.place.quotas)
    .filter(([metric]) => metric !== 'FIREWALLS' && metric !== 'NETWORKS')
    .map(([metric, limit]) => ({ metric, limit, usage: usage(ask.world, metric, region.name) }));
  return { ...region, quotas };
}

function list(ask: Ask): object {
  const { world, url, query, method } = ask;
  const things = world.list(new RegExp(`^${escaped(url)}/[^/]+$`)).filter(filterOf(query.get('filter')));
  const { page, nextPageToken } = paged(ask, things);
  const kind = `compute#${method.response?.$ref.charAt(0).toLowerCase()}${method.response?.$ref.slice(1)}`;
  return { kind, id: url, items: page, selfLink: world.root + url, ...nextPageToken };
}

/** By scope: each zone, or region, with what it has or a warning that it has nothing. */
function aggregatedList(ask: Ask): object {
  const { world, query, path, method } = ask;
  const collection = method.id.split('.')[1] ?? '';
  const things = world
    .list(new RegExp(`^projects/${path.project}/(zones|regions)/[^/]+/${collection}/[^/]+$`))
    .filter(filterOf(query.get('filter')));
  const { page, nextPageToken } = paged(ask, things);
  const scopes = world.list(new RegExp(`^projects/${path.project}/(zones|regions)/[^/]+$`));
  const items = Object.fromEntries(
    scopes.map(({ selfLink }) => {
      const scope = selfLink.split('/').slice(-2).join('/');
      const here = page.filter((thing) => thing.selfLink.startsWith(`${selfLink}/`));
      return [scope, here.length > 0 ? { [collection]: here } : { warning: { code: 'NO_RESULTS_ON_PAGE', data: [] } }];
    }),
  );
  return { kind: `compute#${collection.slice(0, -1)}AggregatedList`, id: ask.url, items, ...nextPageToken };
}

function paged({ query, place }: Ask, things: readonly Thing[]) {
  const size = Math.min(Number(query.get('maxResults') ?? 500), place.pageSize);
  const from = Number(query.get('pageToken') ?? 0);
  const page = things.slice(from, from + size);
  return { page, nextPageToken: from + size < things.length ? { nextPageToken: String(from + size) } : {} };
}

function newest({ world, path, url }: Ask): Thing {
  const images = world.all(new RegExp(`^projects/${path.project}/global/images/[^/]+$`));
  const found = images.filter(({ family }) => family === path.family).at(-1);
  if (found) return found;
  throw notFound(url);
}

function operation({ world, url }: Ask): object {
  const found = world.operations.get(url);
  if (found) return { ...found };
  throw notFound(url);
}

function operations(ask: Ask): object {
  const { world, url, query } = ask;
  const here = [...world.operations].filter(([path]) => path.startsWith(`${url}/`)).map(([, each]) => ({ ...each }));
  const { page, nextPageToken } = paged(ask, here.filter(filterOf(query.get('filter'))) as never);
  return { kind: 'compute#operationList', id: url, items: page, selfLink: world.root + url, ...nextPageToken };
}

/** The real one answers after two minutes at the latest, and may earlier. */
async function ended(ask: Ask): Promise<object> {
  const url = ask.url.replace(/\/wait$/, '');
  const limit = Date.now() + 250;
  while (Date.now() < limit && ask.world.operations.get(url)?.status !== 'DONE') await delay(5);
  return operation({ ...ask, url });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
