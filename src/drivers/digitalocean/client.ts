import { type AskOne, gather } from '../../gather.ts';
import type { Site } from '../driver.ts';
import { newRest, type Question, type Rest, rootFrom } from '../rest.ts';
import { failureOf, ifThere } from './failures.ts';
import { contextInUse, tokenFor } from './token.ts';

/** DigitalOcean's API, for one machine. */
export interface DigitalOcean extends Rest {
  /** By its id; those of the machines of a command are asked about together. */
  readonly droplet: AskOne<Droplet>;
}

/** What of a droplet we look at. */
export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly tags: readonly string[];
  readonly region: { readonly slug: string };
  readonly networks: {
    readonly v4: readonly Network[];
    readonly v6: readonly Network[];
  };
}

interface Network {
  readonly ip_address: string;
  readonly type: string;
}

/** Looks for the token at the first question. */
export function newDigitalOcean(context: string | undefined, site: Pick<Site, 'memory' | 'signal'>): DigitalOcean {
  const { memory, signal } = site;
  const service = {
    name: 'DigitalOcean',
    scope: contextInUse(context) ?? '',
    root: () => rootFrom('DIGITALOCEAN_API_URL', 'https://api.digitalocean.com'),
    headers: async () => ({ authorization: `Bearer ${tokenFor(context)}` }),
    failure: failureOf,
  };
  const polls = () =>
    memory.recall(`digitalocean polls ${service.scope}`, async () => newDroplets(newRest(service, { memory })));
  return {
    ...newRest(service, site),
    droplet: async (id) => (await polls())(id, signal),
  };
}

/** An account has 250 requests a minute; docs.digitalocean.com/reference/api, "Rate Limit". */
const EVERY = 1000;

function newDroplets(rest: Rest): AskOne<Droplet> {
  return gather((ids) => dropletsBy(rest, ids), { most: 10_000, every: EVERY });
}

/** Several cannot be asked for by their ids: then a list of all is a page for 200 of them. */
async function dropletsBy(rest: Rest, ids: readonly string[]): Promise<ReadonlyMap<string, Droplet>> {
  const [id] = ids;
  const droplets =
    ids.length === 1 && id !== undefined
      ? await ifThere(rest.ask<{ droplet: Droplet }>('GET', `/v2/droplets/${id}`)).then((found) => found?.droplet ?? [])
      : await allPages<Droplet>(rest, 'droplets', 'droplets');
  return new Map([droplets].flat().map((droplet) => [String(droplet.id), droplet]));
}

type Page<T> = Readonly<Record<string, readonly T[]>> & {
  readonly links?: { readonly pages?: { readonly next?: string } };
};

/** The longest page that DigitalOcean gives. */
const LONGEST = 200;

/** All of a collection, which stands below `/v2/` at the path and in the answer under the name. */
export async function allPages<T>(rest: Rest, path: string, name: string, query: Question['query'] = {}): Promise<T[]> {
  const things: T[] = [];
  for (let page = 1; ; page += 1) {
    const asked = { query: { ...query, page, per_page: LONGEST } };
    const answer = await rest.ask<Page<T>>('GET', `/v2/${path}`, asked);
    things.push(...(answer[name] ?? []));
    if (answer.links?.pages?.next === undefined) return things;
  }
}
