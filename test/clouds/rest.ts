import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Call, Cloud, Fault } from './cloud.ts';
import { deliver } from './deliver.ts';
import type { Checker, Operation } from './openapi.ts';

/** A request, understood and valid by the definitions. */
export interface Ask {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: the definitions have checked it
  readonly body: any;
  readonly headers: IncomingMessage['headers'];
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By the name of the operation: "GET /servers/{id}". */
export type Handlers = Readonly<Record<string, (ask: Ask) => Promise<Reply> | Reply>>;

/** How a server says no. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Service {
  readonly checker: Checker;
  /** What comes before the definitions' paths: "/v1". */
  readonly prefix: string;
  readonly handlers: Handlers;
  /** @throws Refusal for who may not ask this */
  admit(ask: Ask): void;
  /** Whether an operation only asks, where that is not what its verb says. */
  reads?(operation: string): boolean;
  /** The vendor's words for it. */
  refuse(refusal: Refusal): Reply;
  /** The vendor's refusal of a request that the definitions do not allow, and of one that they do not have. */
  readonly invalid: (faults: string) => Refusal;
  readonly unknown: Refusal;
}

/** Where requests arrive. */
export interface Desk extends Pick<Cloud, 'intercept'> {
  readonly url: string;
  readonly calls: Call[];
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openDesk(service: Service): Promise<Desk> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const desk: Desk = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${service.prefix}`,
    calls: [],
    complaints: [],
    intercept: () => undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', (request, response) => void serve(desk, service, request, response));
  return desk;
}

async function serve(desk: Desk, service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { reply, fault } = await answered(desk, service, request, Buffer.concat(chunks).toString());
  deliver(response, inFull(reply), fault);
}

function inFull({ status, headers, body }: Reply): Answer {
  if (body === undefined) return { status, body: '', ...(headers ? { headers } : {}) };
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

interface Done {
  readonly reply: Reply;
  readonly fault?: Fault | undefined;
}

async function answered(desk: Desk, service: Service, request: IncomingMessage, text: string): Promise<Done> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const method = request.method ?? 'GET';
  const operation = service.checker.find(method, decodeURIComponent(url.pathname.slice(service.prefix.length)));
  if (operation === undefined || !url.pathname.startsWith(service.prefix)) {
    desk.complaints.push(`${method} ${url.pathname}: the definitions have no such operation`);
    return { reply: service.refuse(service.unknown) };
  }
  const reads = service.reads?.(operation.name) ?? method === 'GET';
  const call: Call = { n: desk.calls.length + 1, what: operation.name, reads };
  desk.calls.push(call);
  const fault = await desk.intercept(call, 'before');
  if (fault) return { reply: { status: 500 }, fault };
  const { headers } = request;
  const ask = { operation, path: operation.path, query: url.searchParams, body: parsed(text), headers };
  const reply = await carriedOut(desk, service, ask);
  return { reply, fault: await desk.intercept(call, 'after') };
}

async function carriedOut(desk: Desk, service: Service, ask: Ask): Promise<Reply> {
  const { checker } = service;
  const { name } = ask.operation;
  try {
    service.admit(ask);
    const faults = checker.requestFaults(ask.operation, ask.query, ask.body);
    desk.complaints.push(...faults.map((fault) => `${name}: ${fault}`));
    if (faults.length > 0) throw service.invalid(faults.join('; '));
    const handle = service.handlers[name];
    if (handle === undefined) throw new Error('not built');
    const reply = JSON.parse(JSON.stringify(await handle(ask))) as Reply;
    desk.complaints.push(
      ...checker.answerFaults(ask.operation, reply.status, reply.body).map((fault) => `${name}: ${fault}`),
    );
    return reply;
  } catch (error) {
    if (error instanceof Refusal) return service.refuse(error);
    desk.complaints.push(`${name}: this server failed: ${(error as Error).stack}`);
    return service.refuse(new Refusal(500, 'server_error', 'Internal error'));
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text; // which the definitions do not allow
  }
}
