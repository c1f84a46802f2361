import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Call, Fault } from '../cloud.ts';
import { deliver } from '../deliver.ts';
import type { Ask, Handler, Place } from './ask.ts';
import { type Method, methods } from './definitions.ts';
import { selected } from './fields.ts';
import type { Identity } from './identity.ts';
import { instances, refresh, shown } from './instances.ts';
import { networking } from './networking.ts';
import { isOpenToAll, permissionsFor } from './permissions.ts';
import { reading } from './reading.ts';
import { Refusal } from './refusal.ts';
import { answerTokens } from './tokens.ts';
import { answerFaults, faultsOf } from './validate.ts';
import type { Thing, World } from './world.ts';

/** Where requests arrive. */
export interface Desk {
  readonly world: World;
  readonly place: Place;
  readonly identity: Identity;
  readonly calls: Call[];
  readonly complaints: string[];
  readonly needed: Set<string>;
  granted: ReadonlySet<string> | undefined;
  intercept: (call: Call, when: 'before' | 'after') => Promise<Fault | undefined> | Fault | undefined;
}

export async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request);
  const tokens = answerTokens(desk.identity, request, body);
  const { answer, fault } = tokens ? { answer: tokens } : await answered(desk, request, body);
  response.setHeader('content-type', 'application/json; charset=UTF-8');
  deliver(response, answer, fault);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function answered(desk: Desk, request: IncomingMessage, text: string): Promise<Done> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const found = route(request.method ?? 'GET', decodeURIComponent(url.pathname));
  if (!found) {
    desk.complaints.push(`${request.method} ${url.pathname}: the definitions have no such method`);
    return { answer: refused(new Refusal(404, 'notFound', 'Not Found')) };
  }
  const { method, path } = found;
  const name = method.id.replace('compute.', '');
  const call: Call = {
    n: desk.calls.length + 1,
    what: name,
    reads: method.httpMethod === 'GET' || name.endsWith('.wait'),
  };
  desk.calls.push(call);
  const fault = await desk.intercept(call, 'before');
  if (fault) return { fault, answer: { status: 500, body: '' } };
  const below = decodeURIComponent(url.pathname).replace(/^.*\/compute\/v1\//, '');
  const answer = await carriedOut(desk, request, { method, path, url: below, query: url.searchParams }, text);
  return { fault: await desk.intercept(call, 'after'), answer };
}

interface Done {
  readonly answer: Answer;
  readonly fault?: Fault | undefined;
}

type Routed = Pick<Ask, 'method' | 'path' | 'url' | 'query'>;

async function carriedOut(desk: Desk, request: IncomingMessage, routed: Routed, text: string): Promise<Answer> {
  const { world, place } = desk;
  const { method, query } = routed;
  try {
    if (!desk.identity.accepts(request.headers.authorization)) throw UNKNOWN;
    world.get(`projects/${routed.path.project}`);
    const body = text === '' ? undefined : JSON.parse(text);
    complain(desk, routed, faultsOf(method, routed.path, query, body));
    permit(desk, routed, body ?? {});
    const again = world.requests.get(query.get('requestId') ?? '');
    const answer = again ? { ...again } : await handler(desk, method)({ ...routed, body: body ?? {}, world, place });
    const clean = withoutOwn(answer);
    complain(desk, routed, answerFaults(method, clean));
    return { status: 200, body: JSON.stringify(selected(clean, query.get('fields'))) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    desk.complaints.push(`${method.id}: this server failed: ${(error as Error).stack}`);
    return refused(new Refusal(500, 'internalError', 'Internal error'));
  }
}

const UNKNOWN = new Refusal(401, 'authError', 'Request had invalid authentication credentials.');

function complain(desk: Desk, { method }: Routed, faults: readonly string[]): void {
  if (faults.length === 0) return;
  desk.complaints.push(...faults.map((fault) => `${method.id}: ${fault}`));
  throw new Refusal(400, 'invalid', faults.join('; '));
}

function permit({ granted, needed }: Desk, { method, path, url }: Routed, body: Ask['body']): void {
  if (isOpenToAll(method.id, path.project ?? '')) return;
  for (const permission of permissionsFor(method.id, body)) {
    needed.add(permission);
    if (granted?.has(permission) !== false) continue;
    throw new Refusal(403, 'forbidden', `Required '${permission}' permission for '${url}'`);
  }
}

const HANDLERS: Readonly<Record<string, Handler>> = { ...reading, ...networking, ...instances };

function handler(desk: Desk, { id }: Method): Handler {
  const name = id.replace('compute.', '');
  const verb = name.split('.').at(-1) ?? '';
  const found = HANDLERS[name] ?? HANDLERS[verb];
  if (!found) throw new Error('not built');
  if (!name.startsWith('instances.') || !/[lL]ist$/.test(verb)) return found;
  return async (ask) => {
    await refresh({ ...ask, place: desk.place });
    return found(ask);
  };
}

/** Without the marks that this server puts on instances. */
function withoutOwn(answer: object): unknown {
  return JSON.parse(JSON.stringify(answer, (_, value) => (isInstance(value) ? shown(value) : value)));
}

function isInstance(value: unknown): value is Thing {
  return (
    typeof value === 'object' && value !== null && (value as Thing).kind === 'compute#instance' && 'natIP' in value
  );
}

function refused(refusal: Refusal): Answer {
  return { status: refusal.status, body: refusal.body() };
}

/** The method that a request means. */
function route(verb: string, pathname: string): { method: Method; path: Record<string, string> } | undefined {
  for (const [method, form] of routes) {
    const match = method.httpMethod === verb ? form.exec(pathname) : null;
    if (match) return { method, path: { ...match.groups } };
  }
  return undefined;
}

/** Fixed words before names: ".../operations/{operation}/wait" before ".../operations/{operation}". */
const routes = methods
  .map((method) => [method, new RegExp(`^/compute/v1/${method.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)] as const)
  .sort(([a], [b]) => names(a.path) - names(b.path));

function names(path: string): number {
  return path.split('{').length;
}
