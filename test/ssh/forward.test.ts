import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Connection, connect } from '../../src/ssh/index.ts';
import { freePort, type Sshd, startSshd } from '../hosts/sshd.ts';
import { type Listener, listener } from './listeners.ts';
import { targetOf } from './target.ts';

let sshd: Sshd;
let connection: Connection;
let echo: Listener;

beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect(targetOf(sshd));
  echo = await listener((socket) => socket.pipe(socket));
});

afterAll(async () => {
  connection.close();
  await echo.close();
  await sshd.remove();
});

/** Sends it all, ends its half, and gives what comes back. */
async function talk(port: number, words: string): Promise<string> {
  const socket = dial({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(words);
  return text(socket);
}

describe('a forwarded port', () => {
  test('carries a megabyte each way, with half of the connection ended', async () => {
    const forward = await connection.forward({ to: echo.port });
    const words = 'a megabyte of words '.repeat(50_000);
    expect((await talk(forward.port, words)) === words).toBe(true);
    await forward.close();
  });

  test('carries many connections at once, more than sessions are allowed', async () => {
    const forward = await connection.forward({ to: echo.port });
    const all = Array.from({ length: 30 }, (_, i) => talk(forward.port, `connection ${i}`));
    expect(await Promise.all(all)).toEqual(Array.from({ length: 30 }, (_, i) => `connection ${i}`));
    await forward.close();
  });

  test('cuts a connection where nobody listens behind it', async () => {
    const forward = await connection.forward({ to: await freePort() });
    await expect(talk(forward.port, 'hello')).rejects.toThrow('ECONNRESET');
    await forward.close();
  });

  test('is closed with what still goes through it', async () => {
    const forward = await connection.forward({ to: echo.port });
    const socket = dial(forward.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('x');
    await once(socket, 'data');
    await forward.close();
    if (!socket.closed) await once(socket, 'close');
    await expect(talk(forward.port, 'hello')).rejects.toThrow('ECONNREFUSED');
  });

  test('that is taken here says so', async () => {
    await expect(connection.forward({ to: 1, from: echo.port })).rejects.toThrow(
      `Port ${echo.port} of this computer cannot be used`,
    );
  });

  test('ends with the connection', async () => {
    const brief = await connect(targetOf(sshd));
    const forward = await brief.forward({ to: echo.port });
    brief.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(talk(forward.port, 'hello')).rejects.toThrow('ECONNREFUSED');
  });
});
