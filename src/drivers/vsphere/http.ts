import { Agent, type RequestOptions, request } from 'node:https';
import type { Dial, Server } from './server.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** "name=value" each. */
  readonly cookies: readonly string[];
  /** As the header "retry-after" has it. */
  readonly after: string | undefined;
}

export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Asks over connections whose certificate is known; they are kept while there is more to ask. */
export function newHttp({ host, port }: Server, dial: Dial): Http {
  const where = { agent: agentOf(dial), host: host.replace(/^\[|\]$/g, ''), port };
  return ({ body, ...more }, signal) => answered({ ...where, ...more, signal }, body);
}

/** Opens connections by this way only. */
export function agentOf(dial: Dial): Agent {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = (_, done) => {
    dial().then(
      (socket) => done?.(null, socket),
      (error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** The response of such an answer, with that status. */
export function responseOf({ text, after }: HttpAnswer, status: number): Response {
  return new Response(text, { status, headers: after === undefined ? {} : { 'retry-after': after } });
}

function answered(options: RequestOptions, body: string | undefined): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.once('error', reject);
      answer.once('end', () => {
        const { statusCode = 0, headers } = answer;
        resolve({
          status: statusCode,
          text: Buffer.concat(pieces).toString(),
          cookies: (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? ''),
          after: headers['retry-after'],
        });
      });
    });
    asked.once('error', (error) => reject(options.signal?.aborted ? options.signal.reason : error));
    asked.end(body);
  });
}
