import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Call, Cloud, Fault } from '../cloud.ts';
import { deliver } from '../deliver.ts';
import type { Checker } from '../openapi.ts';
import type { Desk } from '../rest.ts';
import { checkers } from './definitions.ts';
import { type Lag, newLag } from './lag.ts';
import type { ServiceName, Services } from './services.ts';

/** A desk before the real services: it checks what is asked, passes it on, and can do something to it. */
export async function openDesk(services: Services): Promise<OpenDesk> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const desk = {
    url,
    /** Wherever a service names an address, of its own or in the catalogue, it is that of the desk. */
    hereabouts: (text: string) =>
      Object.entries(services.ports).reduce(
        (all, [name, port]) => all.replaceAll(`http://${services.host}:${port}`, `${url}/${name}`),
        text,
      ),
    calls: [] as Call[],
    complaints: [] as string[],
    lists: newLag(),
    intercept: (() => undefined) as Cloud['intercept'],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const judges = checkers();
  server.on('request', (request, response) => void serve(desk, judges, services, request, response));
  return desk;
}

interface OpenDesk extends Desk {
  readonly lists: Lag;
  hereabouts(text: string): string;
}

interface Ask {
  readonly service: ServiceName;
  readonly method: string;
  /** Below the service. */
  readonly path: string;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

async function serve(
  desk: OpenDesk,
  judges: Readonly<Record<ServiceName, Checker>>,
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [, service = '', path = ''] = /^\/(\w+)(\/.*)$/.exec(request.url ?? '') ?? [];
  const { method = 'GET', headers } = request;
  const ask = { service: service as ServiceName, method, path, text: Buffer.concat(chunks).toString(), headers };
  const call = judged(desk, judges, ask);
  const before = await desk.intercept(call, 'before');
  if (before !== undefined) return deliver(response, { status: 500, body: '' }, before);
  const answer = await passedOn(desk, services, ask).catch(
    (error): Answer => ({ status: 502, body: JSON.stringify({ error: { message: String(error) } }) }),
  );
  const after: Fault | undefined = await desk.intercept(call, 'after');
  deliver(response, answer, after);
}

/** For paths, which are all that is looked at. */
const HERE = 'http://127.0.0.1';

function judged(desk: OpenDesk, judges: Readonly<Record<ServiceName, Checker>>, ask: Ask): Call {
  const { pathname, searchParams } = new URL(ask.path, HERE);
  const judge = judges[ask.service];
  const operation = judge?.find(ask.method, decodeURIComponent(pathname));
  const what = operation?.name ?? `${ask.method} ${pathname}`;
  const faults = operation
    ? judge.requestFaults(operation, searchParams, parsed(ask.text))
    : ['there is no such operation'];
  desk.complaints.push(...faults.map((fault) => `${what}: ${fault}`));
  const call = { n: desk.calls.length + 1, what, reads: ask.method === 'GET' || what === 'POST /v3/auth/tokens' };
  desk.calls.push(call);
  return call;
}

const PASSED = ['x-auth-token', 'content-type', 'accept', 'openstack-api-version', 'x-openstack-nova-api-version'];
const GIVEN = ['content-type', 'x-subject-token', 'retry-after', 'openstack-api-version'];

async function passedOn(
  desk: OpenDesk,
  { host, ports }: Services,
  { service, method, path, text, headers }: Ask,
): Promise<Answer> {
  const passed = PASSED.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as const],
  );
  const url = `http://${host}:${ports[service]}${path}`;
  const answer = await fetch(url, {
    method,
    headers: Object.fromEntries(passed),
    ...(text === '' ? {} : { body: text }),
  });
  const given = GIVEN.flatMap((name) => (answer.headers.get(name) === null ? [] : [[name, answer.headers.get(name)]]));
  const body = desk.hereabouts(await answer.text());
  const { status } = answer;
  const json = parsed(body);
  if (answer.ok && method !== 'GET') desk.lists.changed(method, path, json);
  const shown =
    answer.ok && method === 'GET' && json !== undefined
      ? JSON.stringify(desk.lists.seen(`${service}${path}`, json))
      : body;
  return { status, headers: Object.fromEntries(given), body: shown };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
