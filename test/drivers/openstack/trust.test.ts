import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { senderFor } from '../../../src/drivers/openstack/secure-send.ts';
import { run } from '../../../src/program.ts';

let folder = '';
let server: Server;
let url: URL;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-trust-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await run('openssl', [...words, '-keyout', key, '-out', cert, ...subject]);
  const { readFile } = await import('node:fs/promises');
  server = createServer({ key: await readFile(key), cert: await readFile(cert) }, async (request, response) => {
    if (request.url === '/silent') return;
    let body = '';
    for await (const piece of request) body += piece;
    response.writeHead(201, { 'x-subject-token': 'T' }).end(JSON.stringify({ method: request.method, body }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`https://localhost:${(server.address() as AddressInfo).port}/v3`);
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('a cloud whose authority nobody knows is not spoken to', async () => {
  await expect(senderFor({ insecure: false })(url, {})).rejects.toMatchObject({
    cause: { code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) },
  });
});

test.each([
  ['with its authority', () => ({ insecure: false, cacert: join(folder, 'cert.pem') })],
  ['when told not to look', () => ({ insecure: true })],
])('it is %s', async (_, trust) => {
  const answer = await senderFor(trust())(url, { method: 'POST', body: 'hello', headers: { accept: 'a' } });
  expect(answer).toMatchObject({ ok: true, status: 201 });
  expect(answer.headers.get('x-subject-token')).toBe('T');
  expect(await answer.json()).toEqual({ method: 'POST', body: 'hello' });
});

test('another authority vouches for nothing', async () => {
  const [key, cert] = [join(folder, 'other-key.pem'), join(folder, 'other.pem')];
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=other',
  ];
  await run('openssl', [...words, '-keyout', key, '-out', cert]);
  await expect(senderFor({ insecure: false, cacert: cert })(url, {})).rejects.toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
  });
});

test('a limit ends the wait for an answer, and says so', async () => {
  const signal = AbortSignal.timeout(50);
  const send = senderFor({ insecure: true });
  await expect(send(new URL('/silent', url), { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a file that cannot be read is named', async () => {
  const path = join(folder, 'none.pem');
  expect(() => senderFor({ insecure: false, cacert: path })).toThrow(expect.objectContaining({ code: 'bad-input' }));
  await writeFile(path, 'nonsense');
  await expect(senderFor({ insecure: false, cacert: path })(url, {})).rejects.toThrow();
});
