import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';

/** A slow line to a port of this computer, that counts. */
export interface Relay {
  readonly port: number;
  readonly connections: () => number;
  /** How often one side had to wait for the other: to open each connection, and for what the host said whenever it began to. */
  readonly roundTrips: () => number;
  close(): Promise<void>;
}

/**
 * @param to what finds out the port when somebody connects
 * @param roundTrip how long it takes there and back, in milliseconds
 * @param at where it listens; any port when it is 0
 */
export async function startRelay(
  to: () => number | Promise<number>,
  roundTrip: number,
  at = { host: '127.0.0.1', port: 0 },
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let roundTrips = 0;
  const lead = async (near: Socket) => {
    connections += 1;
    roundTrips += 1;
    const far = new Socket({ allowHalfOpen: true }).setNoDelay();
    for (const socket of [near, far]) sockets.add(socket.on('close', () => sockets.delete(socket)));
    const port = await to();
    // Whoever connects to us believes after no time to be connected; until then nothing of what it says is heard.
    setTimeout(() => {
      setTimeout(() => far.connect(port, '127.0.0.1'), roundTrip / 2);
      let isAwaited = true;
      carry(near, far, roundTrip / 2, () => {
        isAwaited = true;
      });
      carry(far, near, roundTrip / 2, () => {
        if (isAwaited) roundTrips += 1;
        isAwaited = false;
      });
    }, roundTrip);
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (near) => void lead(near));
  server.listen(at);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    roundTrips: () => roundTrips,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Hands on what comes, and the end, so many milliseconds later. */
function carry(from: Socket, to: Socket, after: number, spoke: () => void): void {
  const later = (what: () => void) => void setTimeout(what, after);
  from.on('data', (chunk) => {
    spoke();
    later(() => to.write(chunk));
  });
  from.on('end', () => later(() => to.end()));
  from.on('error', () => undefined);
  from.on('close', () => later(() => to.destroy()));
  from.resume();
}
