import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Pair } from '../../src/certs/index.ts';

export interface Running {
  port: number;
  close(): Promise<void>;
}

const VERSION = { Version: '28.2.2', ApiVersion: '1.50', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' };

/** The endpoints of dockerd that we call, answered as it does. */
export const engineAnswers: RequestListener = (request, response) => {
  response.setHeader('Api-Version', VERSION.ApiVersion);
  if (request.url?.endsWith('/_ping')) return response.end('OK');
  if (!request.url?.endsWith('/version')) return response.writeHead(404).end('{"message":"page not found"}');
  response.setHeader('Content-Type', 'application/json');
  return response.end(JSON.stringify(VERSION));
};

/** A TLS server that asks for a certificate of this authority, as dockerd with tlsverify. */
export async function startEngine(
  pair: Pair,
  trusted: string,
  answers = engineAnswers,
  host = '127.0.0.1',
  port = 0,
): Promise<Running> {
  return start(
    createServer({ ...pair, ca: trusted, requestCert: true, rejectUnauthorized: true }, answers),
    host,
    port,
  );
}

/** A TCP server that does this with each connection. */
export async function startTcp(handle: (socket: Socket) => void): Promise<Running> {
  return start(createTcpServer(handle), '127.0.0.1', 0);
}

/** A port at which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = await startTcp(() => undefined);
  await server.close();
  return server.port;
}

async function start(server: Server, host: string, port: number): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
