import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ClientChannel } from 'ssh2';
import { SlipwayError } from '../errors.ts';
import type { Link } from './link.ts';

export interface Forward {
  /** The port on this computer, at 127.0.0.1. */
  readonly port: number;
  /** Ends the listener and whatever goes through it. */
  close(): Promise<void>;
}

export interface ForwardOptions {
  /** The port as the host sees it. */
  to: number;
  /** The address as the host sees it; the host itself when absent. */
  host?: string;
  /** The port on this computer; any free one when absent. */
  from?: number;
}

/**
 * Lets a port of this computer lead to one that the host can reach.
 * @throws SlipwayError `failed` when the local port cannot be had
 */
export async function forward(link: Link, { to, host = '127.0.0.1', from = 0 }: ForwardOptions): Promise<Forward> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    link.client.forwardOut('127.0.0.1', socket.remotePort ?? 0, host, to, (error, channel) => {
      if (error) socket.resetAndDestroy();
      else join(socket, channel);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new SlipwayError('failed', `Port ${from} of this computer cannot be used`, { cause })),
    );
    server.listen(from, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  link.client.once('close', close);
  return { port: (server.address() as AddressInfo).port, close };
}

/** Both ways, each with its own end: docker goes on reading after it has ended its own half. */
function join(socket: Socket, channel: ClientChannel): void {
  socket.pipe(channel).pipe(socket);
  channel.on('error', () => socket.destroy()).on('close', () => socket.end());
  socket.on('close', () => channel.close());
}
