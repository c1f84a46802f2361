import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { Pair } from '../../src/certs/index.ts';

export interface Client {
  ca: string;
  pair?: Pair;
  /** Whom the client believes to speak with. */
  name?: string;
}

/**
 * One connection between a server that asks for a certificate of `trusted` and a client.
 * @returns "hello" when both accepted, else the code of the error that the client or the server met
 */
export async function handshake(server: Pair, trusted: string, client: Client): Promise<string> {
  let refusal: string | undefined;
  const listener = createServer({ ...server, ca: trusted, requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.end('hello');
  });
  listener.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    refusal = socket.authorizationError?.toString() ?? error.code;
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const { cert, key } = client.pair ?? {};
  const identity = cert && key ? { cert, key } : {};
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: client.ca,
    servername: client.name ?? 'localhost',
    ...identity,
  });
  const heard = await hear(socket);
  listener.close();
  await once(listener, 'close');
  return refusal ?? heard;
}

async function hear(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve(text));
  });
}
