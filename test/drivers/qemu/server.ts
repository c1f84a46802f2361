import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on 127.0.0.1 with one file, and the ways in which servers fail. */
export interface FileServer {
  readonly url: string;
  /** The Range headers of the requests so far; "all" for a request without. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** How the server treats one request after the other; the last for ever. */
export type Manner = 'whole' | 'half' | 'silent' | 'stall' | 'missing' | 'no-ranges';

export async function startFileServer(content: Buffer, manners: readonly Manner[] = ['whole']): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const manner = manners[Math.min(asked.length, manners.length - 1)] ?? 'whole';
    asked.push(request.headers.range ?? 'all');
    answer(manner, content, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`,
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(manner: Manner, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  if (manner === 'silent') return;
  if (manner === 'missing') return void response.writeHead(404).end();
  const from = manner === 'no-ranges' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0 && from >= content.length) return void response.writeHead(416).end();
  const rest = content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
  if (manner === 'whole' || manner === 'no-ranges') return void response.end(rest);
  response.write(rest.subarray(0, rest.length / 2), () => {
    if (manner === 'half') setTimeout(() => response.destroy(), 100);
  });
}
