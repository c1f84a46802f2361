import { Agent, type RequestOptions, request } from 'node:https';
import type { Send } from '../asking.ts';
import { failureOfFault } from './failures.ts';
import type { Dial, Server } from './server.ts';
import { at, type Ref, readXml, refXml, written, type Xml, xml } from './xml.ts';

/** Sends a document; what came with the answer besides its text is handed to `heard`. */
export type Post = (document: string, cookie: string | undefined, heard: (cookie: string) => void) => Send;

/** Connections are kept while there is more to ask. */
export function newPost({ host, port }: Server, dial: Dial): Post {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = (_, done) => {
    dial().then(
      (socket) => done?.(null, socket),
      (error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  const common = { agent, host: host.replace(/^\[|\]$/g, ''), port, path: '/sdk', method: 'POST' };
  return (document, cookie, heard) => (signal) => {
    const headers = { ...HEADERS, ...(cookie === undefined ? {} : { cookie }) };
    return answered({ ...common, headers, signal }, document, heard);
  };
}

/** The oldest API that we speak: 6.5. Newer servers answer in it. */
const HEADERS = { 'content-type': 'text/xml; charset=utf-8', soapaction: '"urn:vim25/6.5"' };

/** A fault is an answer: it comes with the status 500, as does what is no answer at all. */
function answered(options: RequestOptions, document: string, heard: (cookie: string) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(pieces).toString();
        const { statusCode = 0, headers } = answer;
        for (const cookie of headers['set-cookie'] ?? []) heard(cookie.split(';')[0] ?? '');
        const status = statusCode === 500 && /<([\w-]+:)?Fault[\s>]/.test(text) ? 200 : statusCode;
        const after = headers['retry-after'];
        resolve(new Response(text, { status, ...(after === undefined ? {} : { headers: { 'retry-after': after } }) }));
      });
    });
    asked.once('error', (error) => reject(options.signal?.aborted ? options.signal.reason : error));
    asked.end(document);
  });
}

/** A request for a method of an object, its arguments in the order of the schema. */
export function envelope(method: string, on: Ref, words: readonly (Xml | undefined)[]): string {
  const body = xml(method, [refXml('_this', on), ...words], { xmlns: 'urn:vim25' });
  const names = {
    'xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
  };
  return `<?xml version="1.0" encoding="UTF-8"?>${written(xml('soapenv:Envelope', [xml('soapenv:Body', [body])], names))}`;
}

/** What a method gave. @throws SlipwayError for a fault */
export async function valuesIn(document: string): Promise<readonly Xml[]> {
  const [answer] = at(await readXml(document), 'Body')?.children ?? [];
  if (answer === undefined) throw new Error('The answer has no body');
  if (answer.name === 'Fault') throw failureOfFault(answer);
  return answer.children.filter(({ name }) => name === 'returnval');
}
