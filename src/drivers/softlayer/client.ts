import { type AskOne, gather } from '../../gather.ts';
import type { Site } from '../driver.ts';
import { newRest, type Rest, safeRoot } from '../rest.ts';
import { authorization } from './credentials.ts';
import { failureOf, ifThere, isDecision } from './failures.ts';

/** SoftLayer's API, for one machine. */
export interface SoftLayer {
  readonly signal: AbortSignal | undefined;
  /** What a method of a service answers: `get('SoftLayer_Account/getObject')`. Many that change something are asked so too. */
  get<T>(method: string, query?: Query): Promise<T>;
  /** The same with one parameter; what makes something is never asked for twice by itself. */
  post<T>(method: string, parameter: unknown): Promise<T>;
  /** Everything of a list of the account. */
  list<T>(method: string, mask: string): Promise<T[]>;
  /** By its id; those of the machines of a command are asked about together. */
  readonly guest: AskOne<Guest>;
  account(): Promise<number>;
}

export interface Query {
  /** Which fields to show: "id,hostname". */
  readonly mask: string;
  readonly filter?: object;
  /** "100,50": after how many, and how many of a list. */
  readonly limit?: string;
}

/** What of a virtual server we look at. */
export interface Guest {
  readonly id: number;
  readonly hostname: string;
  readonly primaryIpAddress?: string;
  readonly primaryBackendIpAddress?: string;
  /** Absent until it is made. */
  readonly provisionDate?: string;
  readonly powerState?: { readonly keyName: string };
  readonly activeTransaction?: { readonly id: number } | null;
  readonly datacenter?: { readonly name: string };
  readonly tagReferences?: readonly { readonly tag: { readonly name: string } }[];
}

export const GUEST =
  'id,hostname,primaryIpAddress,primaryBackendIpAddress,provisionDate,powerState[keyName],activeTransaction[id],datacenter[name],tagReferences[tag[name]]';

type Alone = Pick<Site, 'memory' | 'signal'>;

/** Looks for the credentials at the first question. */
export function newSoftLayer(endpoint: string, { memory, signal }: Alone): SoftLayer {
  const service = {
    name: 'SoftLayer',
    scope: endpoint,
    root: () => safeRoot(endpoint, '--softlayer-api-endpoint'),
    headers: async () => ({ authorization: authorization() }),
    failure: failureOf,
    send: decided,
  };
  const own = callsOf(newRest(service, { memory, ...(signal ? { signal } : {}) }));
  const account = () =>
    memory.recall(`softlayer account ${endpoint}`, async () => {
      return (await own.get<{ id: number }>('SoftLayer_Account/getObject', { mask: 'id' })).id;
    });
  const list = <T>(method: string, mask: string) =>
    account().then((id) => allPages<T>(own, `SoftLayer_Account/${id}/${method}`, mask));
  const polls = () => memory.recall(`softlayer polls ${endpoint}`, async () => newGuests(own, list));
  return { ...own, signal, account, list, guest: async (id) => (await polls())(id, signal) };
}

/** What SoftLayer has decided comes with the status 500, as does its own trouble: only that has to be asked again. */
async function decided(url: URL, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (answer.status !== 500) return answer;
  const text = await answer.text();
  return new Response(text, { status: isDecision(text) ? 400 : 500, headers: answer.headers });
}

type Calls = Pick<SoftLayer, 'get' | 'post'>;

function callsOf(rest: Rest): Calls {
  return {
    get: (method, query) => rest.ask('GET', `/${method}`, query ? { query: queryOf(query) } : {}),
    post: (method, parameter) => {
      const body = { parameters: [parameter] };
      const makes = method.endsWith('/createObject');
      return rest.ask('POST', `/${method}`, makes ? { body, makes } : { body, repeatable: true });
    },
  };
}

function queryOf({ mask, filter, limit }: Query): Record<string, string | undefined> {
  return {
    objectMask: `mask[${mask}]`,
    objectFilter: filter && JSON.stringify(filter),
    resultLimit: limit,
  };
}

/** A user has some hundred questions a minute. */
const EVERY = 1000;

function newGuests(calls: Calls, list: SoftLayer['list']): AskOne<Guest> {
  const ask = async (ids: readonly string[]): Promise<ReadonlyMap<string, Guest>> => {
    const guests =
      ids.length === 1
        ? await ifThere(calls.get<Guest>(`SoftLayer_Virtual_Guest/${ids[0]}/getObject`, { mask: GUEST }))
        : await list<Guest>('getVirtualGuests', GUEST);
    return new Map([guests ?? []].flat().map((guest) => [String(guest.id), guest]));
  };
  return gather(ask, { most: 10_000, every: EVERY / 2 });
}

/** How many the list is asked for at once. */
const LONGEST = 100;

/** Pages keep their place only where there is an order. */
async function allPages<T>({ get }: Calls, method: string, mask: string): Promise<T[]> {
  const things: T[] = [];
  const filter = { [relationOf(method)]: { id: ORDER } };
  for (;;) {
    const page = await get<T[]>(method, { mask, filter, limit: `${things.length},${LONGEST}` });
    things.push(...page);
    if (page.length < LONGEST) return things;
  }
}

const ORDER = { operation: 'orderBy', options: [{ name: 'sort', value: ['ASC'] }] };

/** "virtualGuests" for "…/getVirtualGuests" */
function relationOf(method: string): string {
  const [, first = '', rest = ''] = /\/get([A-Z])(\w+)$/.exec(method) ?? [];
  return first.toLowerCase() + rest;
}
