import { type AskOne, gather } from '../../gather.ts';
import type { Site } from '../driver.ts';
import { newRest, type Question, type Rest, rootFrom } from '../rest.ts';
import { failureOf, ifThere } from './failures.ts';
import { newTokens, type Token } from './token.ts';

/** IBM's API for virtual private clouds, in one region, for one machine. */
export interface Ibm extends Rest {
  readonly region: string;
  /** By its id; those of the machines of a command are asked about together. */
  readonly instance: AskOne<Instance>;
  token(): Promise<Token>;
}

/** What of an instance we look at. */
export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly status_reasons: readonly { readonly code: string; readonly message: string }[];
  readonly zone: { readonly name: string };
  readonly primary_network_interface: { readonly id: string };
}

/**
 * The date of the API that we speak: IBM keeps to it whatever comes later. cloud.ibm.com/apidocs/vpc, "Versioning".
 */
const VERSION = { version: '2026-06-02', generation: 2 };

type Alone = Pick<Site, 'memory' | 'signal'>;

/** Logs in at the first question. */
export function newIbm(region: string, { memory, signal }: Alone): Ibm {
  const token = async () => (await memory.recall('ibm tokens', async () => newTokens({ memory })))();
  const service = {
    name: 'IBM Cloud',
    scope: region,
    root: () => rootFrom('IBMCLOUD_IS_NG_API_ENDPOINT', `https://${region}.iaas.cloud.ibm.com/v1`),
    headers: async () => ({ authorization: `Bearer ${(await token()).text}` }),
    failure: failureOf,
  };
  const polls = () =>
    memory.recall(`ibm polls ${region}`, async () => newInstances(versioned(newRest(service, { memory }))));
  return {
    ...versioned(newRest(service, { memory, ...(signal ? { signal } : {}) })),
    region,
    token,
    instance: async (id) => (await polls())(id, signal),
  };
}

function versioned(rest: Rest): Rest {
  return {
    signal: rest.signal,
    ask: (method, path, question: Question = {}) =>
      rest.ask(method, path, { ...question, query: { ...VERSION, ...question.query } }),
  };
}

/** In milliseconds; the API allows some thousand questions an hour. */
const EVERY = 1000;

function newInstances(rest: Rest): AskOne<Instance> {
  return gather((ids) => instancesBy(rest, ids), { most: 10_000, every: EVERY / 2 });
}

/** Several cannot be asked for by their ids: then a list of all is a page for a hundred of them. */
async function instancesBy(rest: Rest, ids: readonly string[]): Promise<ReadonlyMap<string, Instance>> {
  const [id] = ids;
  const instances =
    ids.length === 1 && id !== undefined
      ? await ifThere(rest.ask<Instance>('GET', `/instances/${id}`)).then((found) => found ?? [])
      : await allPages<Instance>(rest, 'instances');
  return new Map([instances].flat().map((instance) => [instance.id, instance]));
}

type Page<T> = Readonly<Record<string, readonly T[]>> & { readonly next?: { readonly href: string } };

/** The longest page that IBM gives. */
const LONGEST = 100;

/** All of a collection, each page of which says where the next one starts. */
export async function allPages<T>(rest: Rest, collection: string, query: Question['query'] = {}): Promise<T[]> {
  const things: T[] = [];
  for (let start: string | undefined; ; ) {
    const asked = { query: { ...query, limit: LONGEST, start } };
    const page: Page<T> = await rest.ask<Page<T>>('GET', `/${collection}`, asked);
    things.push(...(page[collection] ?? []));
    if (page.next === undefined) return things;
    start = new URL(page.next.href).searchParams.get('start') ?? undefined;
  }
}
