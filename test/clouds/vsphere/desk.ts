import { createHash } from 'node:crypto';
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
  /** What was sent to the host in place of a request: SHA-256 of each file. */
  readonly uploads: string[];
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
    uploads: [],
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
const READS =
  /^(Retrieve|ContinueRetrieve|Find|Get|Fetch|CreateContainerView|DestroyView|CreateImportSpec|Login|Logout|GET |POST .*=(find|filter)$|\w+ session$)/;

async function serve(
  desk: Desk,
  simulator: string,
  carryOut: CarryOut,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const content = await contentOf(incoming);
  const isFile = incoming.url?.startsWith('/nfc/') === true;
  const body = isFile ? '' : content.toString();
  const [, on = ''] = /<_this type="\w+">([^<]*)</.exec(body) ?? [];
  const method = methodOf(incoming, body);
  const call: Call = { n: desk.calls.length + 1, what: method, reads: READS.test(method) };
  desk.calls.push(call);
  const before: Fault | undefined = await desk.intercept(call, 'before');
  if (before) return deliver(response, { status: 500, body: '' }, before);
  if (isFile) desk.uploads.push(createHash('sha256').update(content).digest('hex'));
  const forward = () => forwarded(desk, simulator, incoming, { method, content });
  const answer = await carryOut({ method, on, body }, forward).catch((error: Error) => {
    desk.complaints.push(`${method}: what is before the simulator failed: ${error.stack}, ${error.cause}`);
    return { status: 502, body: '' };
  });
  deliver(response, answer, await desk.intercept(call, 'after'));
}

function forwarded(
  desk: Desk,
  simulator: string,
  { method: verb, url, headers }: IncomingMessage,
  { method, content }: { readonly method: string; readonly content: Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: verb, headers: { ...headers, host: simulator } };
    const asked = request(`http://${simulator}${url}`, options, async (answer) => {
      const complaints: string[] = JSON.parse(String(answer.headers.complaints ?? '[]'));
      desk.complaints.push(...complaints.map((each) => (each.startsWith(method) ? each : `${method}: ${each}`)));
      const kept = ['content-type', 'set-cookie'].filter((name) => answer.headers[name] !== undefined);
      const own = Object.fromEntries(kept.map((name) => [name, String(answer.headers[name])]));
      resolve({ status: answer.statusCode ?? 0, headers: own, body: (await contentOf(answer)).toString() });
    });
    asked.once('error', reject);
    asked.end(content);
  });
}

/** The method of SOAP; of the other API "POST library/item/id:?~action=deploy"; of a file that is sent "PUT nfc". */
function methodOf({ method, url = '' }: IncomingMessage, body: string): string {
  if (url === '/sdk') return /<soapenv:Body><(\w+)/.exec(body)?.[1] ?? 'nothing';
  if (url.startsWith('/nfc/')) return `${method} nfc`;
  return `${method} ${url.replace(/^\/rest\/com\/vmware\/(content|vcenter|cis)\//, '').replace(/id:[\w-]+/, 'id:')}`;
}

async function contentOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
