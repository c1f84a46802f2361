import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that does this to every connection. */
export async function listener(meet: (socket: Socket) => void, port = 0): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    meet(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Passes everything on to a port, until `freeze`: then nothing more, as if a cable had been pulled. */
export async function cable(to: number): Promise<Listener & { freeze(): void }> {
  const pairs: Socket[] = [];
  const front = await listener((socket) => {
    const back = connect(to, '127.0.0.1').on('error', () => socket.destroy());
    pairs.push(socket, back);
    socket.pipe(back).pipe(socket);
  });
  const end = () => {
    for (const socket of pairs) socket.destroy();
  };
  return {
    port: front.port,
    freeze: () => {
      for (const socket of pairs) socket.unpipe().pause();
    },
    close: async () => {
      end();
      await front.close();
    },
  };
}

/** A port that does not even answer whether it is open: its process is stopped, and its queue is full. */
export async function deadPort(): Promise<Listener> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
    server.on('listening', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return {
    port,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
