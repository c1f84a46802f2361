import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createServer } from '../../../src/certs/index.ts';
import type { Call, Cloud, Fault, FaultyCloud, Answer as Sent, Trouble } from '../cloud.ts';
import { deliver } from '../deliver.ts';
import { actionsOf } from './actions.ts';
import { type Authority, newAuthority } from './authority.ts';
import { pricesOf } from './catalog.ts';
import { type Operation, operationFor, VERSIONS_BY_TYPE } from './definitions.ts';
import { type Answer, HANDLERS } from './handlers.ts';
import { deleteMachine } from './machines.ts';
import { moveAddresses } from './network.ts';
import { newOperations, type Operations } from './operations.ts';
import { errorBody, Refusal } from './refusal.ts';
import { wrongWithAnswer, wrongWithBody } from './validate.ts';
import { type Body, GROUP, newWorld, ofType, put, type Quotas, type World } from './world.ts';

export interface AzureOptions {
  /** Machines boot a real guest. */
  readonly guests?: boolean;
  /**
   * Public addresses get other numbers while their machine is off. Azure's standard ones stay, but somebody may exchange
   * them meanwhile.
   */
  readonly moves?: boolean;
  /** ms that an operation takes; 40 when absent. */
  readonly pace?: number;
  /** ms in which a new thing is not seen yet; none when absent. */
  readonly lag?: number;
  /** Seconds that a token is good; 3599 when absent. */
  readonly tokens?: number;
  /** Seconds that it asks to wait between two questions about an operation; says nothing when absent. */
  readonly retryAfter?: number;
}

export interface AzureCloud extends FaultyCloud {
  readonly url: string;
  readonly subscription: string;
  /** The certificate of the authority that signed this server's, PEM. */
  readonly ca: string;
  readonly quotas: Quotas;
  readonly calls: readonly AzureCall[];
  /** The next machine that is made or started fails so, after it was accepted. */
  fail(code: string, message: string): void;
  /** Makes something as somebody else would, with the id as it stands below the subscription: "resourceGroups/mine". */
  seed(path: string, body: Body): string;
  /** What is there under the id, as it was asked for. */
  body(id: string): Body | undefined;
  /** Removes something as somebody at the portal would, whatever uses it. */
  removeAtPortal(id: string): Promise<void>;
  /** What callers had to be allowed to do so far, and forgets it. */
  takeActions(): string[];
  /** The login behind `url`. */
  readonly authority: Pick<Authority, 'assertion' | 'issue'>;
  /** Every token has run out. */
  expireTokens(): void;
  /** Gives every public address that is in use another number. */
  readdress(): void;
}

export interface AzureCall extends Call {
  /** Of the vendor's definitions: "networkInterfaces.createOrUpdate". */
  readonly operation: string;
  readonly url: string;
  readonly body: unknown;
}

/** A Resource Manager with its login, the list of prices, and machines, on this computer. */
export async function startCloud(options: AzureOptions = {}): Promise<AzureCloud> {
  const network = 10 + Math.floor(Math.random() * 240);
  const world = newWorld({
    pace: options.pace ?? 40,
    lag: options.lag ?? 0,
    guests: options.guests ?? false,
    moves: options.moves ?? false,
    network,
  });
  const tls = await certificates();
  const state: State = {
    world,
    operations: newOperations(world.pace),
    authority: newAuthority(() => state.origin, options.tokens ?? 3599),
    origin: '',
    calls: [],
    complaints: [],
    actions: new Set(),
    options,
    intercept: () => undefined,
  };
  const server = createHttpsServer(
    { key: tls.key, cert: tls.cert },
    (request, response) => void serve(state, request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-azure-'));
  await writeFile(join(folder, 'ca.pem'), tls.ca);
  return face(state, tls.ca, join(folder, 'ca.pem'), async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await state.operations.idle();
    await Promise.all([...world.machines.values()].map(({ guest }) => guest?.remove()));
    await rm(folder, { recursive: true, force: true });
  });
}

interface State {
  readonly world: World;
  readonly operations: Operations;
  readonly authority: Authority;
  origin: string;
  readonly calls: AzureCall[];
  readonly complaints: string[];
  readonly actions: Set<string>;
  readonly options: AzureOptions;
  intercept: Cloud['intercept'];
}

async function certificates() {
  const authority = await createAuthority('Test cloud');
  const server = await createServer(authority, ['127.0.0.1', 'localhost']);
  return { ca: authority.cert, cert: server.cert, key: server.key };
}

function face(state: State, ca: string, file: string, close: () => Promise<void>): AzureCloud {
  const { world, authority } = state;
  const idOf = (path: string) => (path.startsWith('/') ? path : `/subscriptions/${world.subscription}/${path}`);
  return {
    driver: 'azure',
    close,
    env: {
      AZURE_RESOURCE_MANAGER_URL: state.origin,
      AZURE_AUTHORITY_HOST: state.origin,
      AZURE_SUBSCRIPTION_ID: world.subscription,
      AZURE_TENANT_ID: authority.tenant,
      AZURE_CLIENT_ID: authority.client,
      AZURE_CLIENT_SECRET: authority.secret,
      SLIPWAY_AZURE_PRICES_URL: `${state.origin}/prices`,
      NODE_EXTRA_CA_CERTS: file,
    },
    words: ['--azure-location', 'westeurope'],
    url: state.origin,
    subscription: world.subscription,
    ca,
    quotas: world.quotas,
    calls: state.calls,
    complaints: state.complaints,
    get intercept() {
      return state.intercept;
    },
    set intercept(next) {
      state.intercept = next;
    },
    refusal,
    lag: async (ms) => void Object.assign(world, { lag: ms }),
    async left() {
      await state.operations.idle();
      return [...world.things.values()].filter(({ foreign }) => !foreign).map(({ type, name }) => `${type} ${name}`);
    },
    fail: (code, message) => void world.misfortunes.push({ code, message }),
    seed(path, body) {
      const id = idOf(path);
      const [, group = '', type = GROUP, name = group] =
        /resourceGroups\/([^/]+)(?:\/providers\/([^/]+\/[^/]+)\/(.+))?$/.exec(id) ?? [];
      put(world, { id, type, group, name, body, state: 'Succeeded' }, true);
      return id;
    },
    body: (id) => world.things.get(idOf(id).toLowerCase())?.body,
    async removeAtPortal(path) {
      const thing = world.things.get(idOf(path).toLowerCase());
      if (thing?.type === 'Microsoft.Compute/virtualMachines') await deleteMachine(world, thing);
      world.things.delete(idOf(path).toLowerCase());
    },
    takeActions() {
      const taken = [...state.actions].sort();
      state.actions.clear();
      return taken;
    },
    authority,
    expireTokens: () => authority.expire(),
    readdress: () => moveAddresses(world, ofType(world, 'Microsoft.Network/networkInterfaces')),
  };
}

const TROUBLES: Readonly<Record<Trouble, string>> = {
  403: 'AuthorizationFailed',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

function refusal(status: Trouble): Sent {
  const headers: Record<string, string> = status === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: errorBody(TROUBLES[status], 'Refused for a test') };
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(request);
  const url = new URL(request.url ?? '/', state.origin);
  const aside = besides(state, url, text);
  if (aside) return deliver(response, inFull({ status: aside.status, body: JSON.stringify(aside.body) }));
  const isPoll = POLLED.test(url.pathname);
  const known = isPoll ? undefined : operationFor(request.method ?? '', decodeURIComponent(url.pathname));
  const call = note(state, request.method ?? '', url, known, text);
  const before = await state.intercept(call, 'before');
  if (before) return deliver(response, { status: 500, body: '' }, inFull(before));
  const answer = await answerTo(state, request, url, known, text);
  deliver(response, inFull<Sent>(answer), inFull(await state.intercept(call, 'after')));
}

/** The addresses at which this server itself asked to be asked. */
const POLLED = /\/(operations|operationresults)\/([0-9a-f-]{36})$/i;

/** What is not the Resource Manager: the login, the prices, a machine's console. */
function besides(state: State, url: URL, text: string): { status: number; body: unknown } | undefined {
  if (url.pathname === '/prices') return { status: 200, body: pricesFor(url) };
  if (url.pathname.startsWith('/console/')) return { status: 200, body: `console of ${url.pathname.split('/')[2]}` };
  return state.authority.answer(url, new URLSearchParams(text));
}

function pricesFor(url: URL): object {
  const filter = url.searchParams.get('$filter') ?? '';
  const value = (name: string) => new RegExp(`${name} eq '([^']+)'`).exec(filter)?.[1] ?? '';
  return { BillingCurrency: 'USD', Items: pricesOf(value('armSkuName'), value('armRegionName')), NextPageLink: null };
}

function note(state: State, method: string, url: URL, known: Operation | undefined, text: string): AzureCall {
  const words = url.pathname.split('/').filter(Boolean);
  const isVerb = method === 'POST';
  const type = isVerb ? `${words.at(-3)}/${words.at(-1)}` : (known?.name.split('.')[0] ?? (words.at(-2) || 'unknown'));
  const call: AzureCall = {
    n: state.calls.length + 1,
    what: `${method} ${type}`,
    reads: method === 'GET' || method === 'HEAD' || type.endsWith('/retrieveBootDiagnosticsData'),
    operation: known?.name ?? 'operation',
    url: url.href,
    body: jsonOf(text),
  };
  state.calls.push(call);
  return call;
}

async function answerTo(
  state: State,
  request: IncomingMessage,
  url: URL,
  known: Operation | undefined,
  text: string,
): Promise<Sent> {
  try {
    if (!state.authority.knows(request.headers.authorization)) {
      throw new Refusal(401, 'InvalidAuthenticationToken', 'The access token is invalid or has run out.');
    }
    const asked = await operationStatus(state, url);
    if (asked) return asked;
    return await carryOut(state, url, known ?? unknown(state, request, url), text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: errorBody(error.code, error.message) };
  }
}

async function carryOut(state: State, url: URL, operation: Operation, text: string): Promise<Sent> {
  const path = decodeURIComponent(url.pathname);
  const body = jsonOf(text);
  const wrong = [...wrongWithQuery(operation, url, path), ...wrongWithBody(operation, body)];
  if (wrong.length > 0) {
    state.complaints.push(...wrong.map((each) => `${operation.name}: ${each}`));
    throw new Refusal(400, 'InvalidRequestContent', wrong.join('; '));
  }
  const handler = HANDLERS[operation.name];
  if (!handler) {
    state.complaints.push(`${operation.name} is not known to this server`);
    throw new Refusal(501, 'NotImplemented', operation.name);
  }
  const names = namesIn(path);
  if (names.subscriptions !== state.world.subscription) {
    throw new Refusal(404, 'SubscriptionNotFound', `The subscription '${names.subscriptions}' could not be found.`);
  }
  for (const action of actionsOf(operation, body, path)) state.actions.add(action);
  const { world, operations, origin } = state;
  const thing = operation.method === 'POST' ? path.replace(/\/[^/]+$/, '') : path;
  const answer = await handler({
    world,
    operations,
    origin,
    path: thing,
    names,
    query: url.searchParams,
    body: (body ?? {}) as Body,
  });
  state.complaints.push(
    ...wrongWithAnswer(operation, answer.status, withoutLink(answer.body)).map((each) => `${operation.name}: ${each}`),
  );
  return sent(state, url, operation, answer);
}

function sent(state: State, url: URL, operation: Operation, answer: Answer): Sent {
  const body = linked(answer.body, url);
  return {
    status: answer.status,
    body: body === undefined ? '' : JSON.stringify(body),
    headers: answer.operation === undefined ? {} : pollingHeaders(state, operation, answer.operation),
  };
}

/** A group's deletion is asked about at its Location alone; everything else at its Azure-AsyncOperation. */
function pollingHeaders(state: State, operation: Operation, id: string): Record<string, string> {
  const { subscription } = state.world;
  const namespace = operation.service === 'network' ? 'Microsoft.Network' : 'Microsoft.Compute';
  const base = `${state.origin}/subscriptions/${subscription}`;
  const version = `api-version=${operation.version}`;
  const patience: Record<string, string> =
    state.options.retryAfter === undefined ? {} : { 'retry-after': String(state.options.retryAfter) };
  if (operation.service === 'resources') return { ...patience, location: `${base}/operationresults/${id}?${version}` };
  const place = `${base}/providers/${namespace}/locations/anywhere`;
  const monitor =
    operation.service === 'network'
      ? `${place}/operationResults/${id}?${version}`
      : `${place}/operations/${id}?monitor=true&${version}`;
  return {
    ...patience,
    'azure-asyncoperation': `${place}/operations/${id}?${version}`,
    ...(operation.method === 'PUT' ? {} : { location: monitor }),
  };
}

async function operationStatus(state: State, url: URL): Promise<Sent | undefined> {
  const [, kind = '', id = ''] = POLLED.exec(url.pathname) ?? [];
  if (kind === '') return undefined;
  state.actions.add(pollingAction(url.pathname));
  const patience: Record<string, string> =
    state.options.retryAfter === undefined ? {} : { 'retry-after': String(state.options.retryAfter) };
  if (kind === 'operations' && !url.searchParams.has('monitor')) {
    const status = await state.operations.status(id);
    if (!status) throw new Refusal(404, 'OperationNotFound', id);
    return { status: 200, body: JSON.stringify(status), headers: patience };
  }
  if (await state.operations.isOver(id)) return { status: 200, body: '' };
  return { status: 202, body: '', headers: { ...patience, location: url.href } };
}

function pollingAction(path: string): string {
  const [, namespace, kind] = /\/providers\/([\w.]+)\/locations\/\w+\/(\w+)\//.exec(path) ?? [];
  return namespace ? `${namespace}/locations/${kind}/read` : 'Microsoft.Resources/subscriptions/operationresults/read';
}

function wrongWithQuery(operation: Operation, url: URL, path: string): string[] {
  const version = url.searchParams.get('api-version');
  const type = /\/providers\/([^/]+\/[^/]+)\/[^/]+$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const expected = operation.version || VERSIONS_BY_TYPE[type];
  const unknown = [...url.searchParams.keys()].filter((name) => !operation.queries.has(name) && name !== '$skiptoken');
  return [
    ...(version === expected ? [] : [`the api-version is ${version}, and the definition's ${expected}`]),
    ...unknown.map((name) => `the query has an unknown ${name}`),
  ];
}

function unknown(state: State, request: IncomingMessage, url: URL): never {
  state.complaints.push(`${request.method} ${url.pathname} is in no definition`);
  throw new Refusal(404, 'InvalidResourceType', `${request.method} ${url.pathname}`);
}

/** "/subscriptions/S/resourceGroups/G" as {subscriptions: S, resourceGroups: G}. */
function namesIn(path: string): Record<string, string> {
  const words = path.split('/').slice(1);
  const at = words.indexOf('providers');
  const straight = at < 0 ? words : [...words.slice(0, at), ...words.slice(at + 2)];
  return Object.fromEntries(
    straight.flatMap((word, index) => (index % 2 === 0 ? [[canonical(word), straight[index + 1] ?? '']] : [])),
  );
}

function canonical(word: string): string {
  return word.toLowerCase() === 'resourcegroups' ? 'resourceGroups' : word;
}

function withoutLink(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { nextLink: _, ...rest } = body as Record<string, unknown>;
  return rest;
}

/** The link to the next page is the same address with a token. */
function linked(body: unknown, url: URL): unknown {
  if (typeof body !== 'object' || body === null || !('nextLink' in body)) return body;
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(body.nextLink));
  return { ...body, nextLink: next.href };
}

/** An answer with the headers that every one has; what is none stays as it is. */
function inFull<T extends Fault | undefined>(given: T): T | Sent {
  if (typeof given !== 'object') return given;
  const { status, body, headers } = given;
  const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  return { status, body, headers: { 'x-ms-request-id': crypto.randomUUID(), ...type, ...headers } };
}

function jsonOf(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
