import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Guest } from '../guests.ts';
import { type Instance, newInstanceGuest } from './guest.ts';

/** The guests behind the instances. server.py says what is to become of them; see tell() there. */
export interface Behind {
  readonly url: string;
  close(): Promise<void>;
}

interface About extends Instance {
  readonly public: string | null;
}

interface Machine {
  readonly guest: Guest;
  /** It is meant to be on. */
  on: boolean;
  doors: Door[];
}

/** A port of a public address that leads to the same port of the private one. */
interface Door {
  close(): void;
}

const PORTS = [22, 2376];
const LOOK_EVERY = 1000;

/** `off` is told of each guest that switches itself off. */
export async function startBehind(off: (id: string) => Promise<void>): Promise<Behind> {
  const machines = new Map<string, Machine>();
  const server = createHttpServer(async (request, response) => {
    try {
      await carryOut(machines, request.url ?? '', JSON.parse(await bodyOf(request)) as About);
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const looking = setInterval(() => void look(machines, off), LOOK_EVERY);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearInterval(looking);
      server.close();
      for (const machine of machines.values()) await remove(machine);
    },
  };
}

async function carryOut(machines: Map<string, Machine>, verb: string, about: About): Promise<void> {
  const machine = machines.get(about.id);
  if (verb === '/run') {
    const guest = await newInstanceGuest(about);
    machines.set(about.id, { guest, on: true, doors: await doorsOf(about) });
  }
  if (!machine) return;
  if (verb === '/remove') {
    machines.delete(about.id);
    await remove(machine);
  }
  if (verb === '/stop' || verb === '/reboot') await switchOff(machine);
  if (verb === '/start' || verb === '/reboot') {
    await machine.guest.start([about.private]);
    machine.on = true;
  }
  if (verb === '/start' || verb === '/reboot' || verb === '/move') {
    shut(machine);
    machine.doors = await doorsOf(about);
  }
}

async function switchOff(machine: Machine): Promise<void> {
  machine.on = false;
  shut(machine);
  await machine.guest.stop();
}

async function remove(machine: Machine): Promise<void> {
  machine.on = false;
  shut(machine);
  await machine.guest.remove();
}

async function look(machines: ReadonlyMap<string, Machine>, off: (id: string) => Promise<void>): Promise<void> {
  for (const [id, machine] of machines) {
    if (!machine.on || (await machine.guest.isRunning()) || !machine.on) continue;
    machine.on = false;
    shut(machine);
    await off(id);
  }
}

async function doorsOf({ public: outside, private: inside }: About): Promise<Door[]> {
  if (outside === null) return [];
  return Promise.all(PORTS.map((port) => openDoor(outside, inside, port)));
}

function shut(machine: Machine): void {
  for (const door of machine.doors) door.close();
  machine.doors = [];
}

async function openDoor(outside: string, inside: string, port: number): Promise<Door> {
  const open = new Set<Socket>();
  const server: Server = createServer((caller) => {
    const called = createConnection(port, inside);
    for (const [from, to] of [
      [caller, called],
      [called, caller],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
      from.pipe(to);
    }
  });
  server.listen(port, outside);
  await once(server, 'listening');
  return {
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
