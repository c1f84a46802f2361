import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { SlipwayError } from '../../errors.ts';
import type { Trust } from './access.ts';

/** As fetch sends a request, but trusting whom the cloud's own settings say: fetch takes no authority of ours. */
export function senderFor(trust: Trust): (url: URL, init: RequestInit) => Promise<Response> {
  const special = trust.insecure || trust.cacert !== undefined || trust.cert !== undefined;
  if (!special) return fetch;
  const agent = new Agent({
    keepAlive: true,
    rejectUnauthorized: !trust.insecure,
    ...fileIn('ca', trust.cacert),
    ...fileIn('cert', trust.cert),
    ...fileIn('key', trust.key ?? trust.cert),
  });
  return (url, init) => (url.protocol === 'https:' ? send(agent, url, init) : fetch(url, init));
}

function fileIn<K extends string>(name: K, path: string | undefined): { [P in K]?: Buffer } {
  if (path === undefined) return {};
  try {
    return { [name]: readFileSync(path) } as { [P in K]?: Buffer };
  } catch (cause) {
    throw new SlipwayError('bad-input', `The file "${path}" cannot be read`, { cause, hint: 'Look at OS_CACERT.' });
  }
}

function send(agent: Agent, url: URL, { method, headers, body, signal }: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { agent, method, headers: headers as Record<string, string>, ...(signal ? { signal } : {}) };
    const asked = request(url, options as object, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece) => pieces.push(piece)).once('error', reject);
      answer.once('end', () => {
        const status = answer.statusCode ?? 500;
        const text = [204, 205, 304].includes(status) ? null : Buffer.concat(pieces);
        resolve(
          new Response(text, { status, headers: Object.entries(answer.headers).map(([k, v]) => [k, String(v)]) }),
        );
      });
    });
    asked.once('error', (error) => reject(signal?.aborted ? signal.reason : error));
    asked.end(body);
  });
}
