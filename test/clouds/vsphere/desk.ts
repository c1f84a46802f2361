import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Answer, Call, Cloud, Fault } from '../cloud.ts';
import { deliver } from '../deliver.ts';
import { certificate } from './certificate.ts';

/** Where requests arrive, over TLS, before the simulator has them. */
export interface Desk extends Pick<Cloud, 'intercept'> {
  readonly port: number;
  readonly calls: Call[];
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface Asked {
  readonly method: string;
  /** The id of the object that the method is of. */
  readonly on: string;
  readonly body: string;
}

/** Lets the simulator answer, with whatever else belongs to that. */
export type CarryOut = (asked: Asked, forward: () => Promise<Answer>) => Promise<Answer>;

export async function openDesk(simulator: string, carryOut: CarryOut): Promise<Desk> {
  const { cert, key } = await certificate();
  const server = createServer({ cert, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const desk: Desk = {
    port: (server.address() as AddressInfo).port,
    calls: [],
    complaints: [],
    intercept: () => undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', (incoming, response) => void serve(desk, simulator, carryOut, incoming, response));
  return desk;
}

/** Nothing of them outlives the session. */
const READS = /^(Retrieve|ContinueRetrieve|Find|Get|Fetch|CreateContainerView|DestroyView|Login|Logout)/;

async function serve(
  desk: Desk,
  simulator: string,
  carryOut: CarryOut,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await textOf(incoming);
  const [, method = 'nothing'] = /<soapenv:Body><(\w+)/.exec(body) ?? [];
  const [, on = ''] = /<_this type="\w+">([^<]*)</.exec(body) ?? [];
  const call: Call = { n: desk.calls.length + 1, what: method, reads: READS.test(method) };
  desk.calls.push(call);
  const before: Fault | undefined = await desk.intercept(call, 'before');
  if (before) return deliver(response, { status: 500, body: '' }, before);
  const forward = () => forwarded(desk, simulator, incoming, { method, body });
  const answer = await carryOut({ method, on, body }, forward).catch((error: Error) => {
    desk.complaints.push(`${method}: what is before the simulator failed: ${error.stack}`);
    return { status: 502, body: '' };
  });
  deliver(response, answer, await desk.intercept(call, 'after'));
}

function forwarded(
  desk: Desk,
  simulator: string,
  { url, headers }: IncomingMessage,
  { method, body }: Pick<Asked, 'method' | 'body'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, host: simulator } };
    const asked = request(`http://${simulator}${url}`, options, async (answer) => {
      const complaints: string[] = JSON.parse(String(answer.headers.complaints ?? '[]'));
      desk.complaints.push(...complaints.map((each) => (each.startsWith(method) ? each : `${method}: ${each}`)));
      const kept = ['content-type', 'set-cookie'].filter((name) => answer.headers[name] !== undefined);
      const own = Object.fromEntries(kept.map((name) => [name, String(answer.headers[name])]));
      resolve({ status: answer.statusCode ?? 0, headers: own, body: await textOf(answer) });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
