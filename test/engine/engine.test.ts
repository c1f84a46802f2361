import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthority, createClient, createServer, type Pair } from '../../src/certs/index.ts';
import { type EngineAddress, ping, version, waitForEngine } from '../../src/engine/index.ts';
import { sentenceOf } from '../../src/errors.ts';
import { output, run } from '../../src/program.ts';
import { startOpenssl } from './openssl-server.ts';
import { deadPort, engineAnswers, type Running, startEngine, startTcp } from './server.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const HOSTS = ['127.0.0.1', 'localhost', ...(hasIPv6 ? ['::1'] : [])];
const DAY = 24 * 3600_000;

let authority: Pair;
let foreign: Pair;
let server: Pair;
let client: Pair;
const running: Running[] = [];

beforeAll(async () => {
  [authority, foreign] = await Promise.all([createAuthority('Ours'), createAuthority('Theirs')]);
  [server, client] = await Promise.all([
    createServer(authority, ['127.0.0.1', '::1', 'localhost']),
    createClient(authority, 'Slipway client'),
  ]);
});

afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function up(starting: Promise<Running>): Promise<number> {
  const one = await starting;
  running.push(one);
  return one.port;
}

function at(port: number, other: Partial<EngineAddress> = {}): EngineAddress {
  return { host: '127.0.0.1', port, ca: authority.cert, ...client, ...other };
}

describe('an engine that trusts us', () => {
  test.each(HOSTS)('answers at %s', async (host) => {
    const port = await up(startEngine(server, authority.cert, engineAnswers, host));
    await ping(at(port, { host }));
    expect(await version(at(port, { host }))).toEqual({
      version: '28.2.2',
      apiVersion: '1.50',
      os: 'linux',
      arch: 'amd64',
    });
  });

  test('answers while two authorities are trusted', async () => {
    const port = await up(startEngine(server, authority.cert));
    await ping(at(port, { ca: `${foreign.cert}${authority.cert}` }));
  });

  test('answers the docker CLI with the same certificates', async () => {
    const port = await up(startEngine(server, authority.cert));
    const folder = await mkdtemp(join(tmpdir(), 'slipway-engine-'));
    const files = Object.entries({ ca: authority.cert, cert: client.cert, key: client.key });
    for (const [name, text] of files) await writeFile(join(folder, `${name}.pem`), text);
    const env = {
      ...process.env,
      DOCKER_CONFIG: folder,
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: folder,
    };
    try {
      expect(await output('docker', ['version', '--format', '{{.Server.Version}}'], { env })).toBe('28.2.2\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('who the engine is', () => {
  test('matters: a certificate that has run out', async () => {
    const old = await createServer(authority, ['127.0.0.1'], new Date(Date.now() - 398 * DAY));
    const port = await up(startEngine(old, authority.cert));
    await expect(ping(at(port), { machine: 'dev' })).rejects.toMatchObject({
      code: 'unsafe',
      message: `The engine on "127.0.0.1:${port}" shows a certificate that has run out`,
      hint: 'Make the certificates again: slipway regenerate-certs dev',
    });
  });

  test('matters: a certificate from tomorrow', async () => {
    const young = await createServer(authority, ['127.0.0.1'], new Date(Date.now() + DAY));
    const port = await up(startEngine(young, authority.cert));
    await expect(ping(at(port))).rejects.toMatchObject({
      code: 'unsafe',
      message: `The engine on "127.0.0.1:${port}" shows a certificate that is not valid yet`,
    });
  });

  test('matters: a certificate for another name', async () => {
    const other = await createServer(authority, ['192.0.2.1', 'prod']);
    const port = await up(startEngine(other, authority.cert));
    const error = await ping(at(port)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'unsafe',
      message: `The engine on "127.0.0.1:${port}" shows a certificate for another name or address`,
    });
    expect(sentenceOf(error)).toContain('192.0.2.1');
  });

  test('matters: an authority that is not ours, and no request is sent to it', async () => {
    let requests = 0;
    const answers: typeof engineAnswers = (request, response) => {
      requests += 1;
      engineAnswers(request, response);
    };
    const port = await up(startEngine(await createServer(foreign, ['127.0.0.1']), authority.cert, answers));
    await expect(ping(at(port))).rejects.toMatchObject({
      code: 'unsafe',
      message: `The engine on "127.0.0.1:${port}" shows a certificate that our authority did not sign`,
    });
    expect(requests).toBe(0);
  });

  test('cannot be asked with a key that is none', async () => {
    await expect(ping(at(1, { key: 'nonsense' }))).rejects.toMatchObject({
      code: 'broken',
      message: 'The client certificate for "127.0.0.1:1" cannot be read',
    });
  });
});

describe('an engine that does not trust us', () => {
  test.each([
    ['a foreign certificate', () => createClient(foreign, 'Mallory')],
    ['one that has run out', () => createClient(authority, 'Slipway client', new Date(Date.now() - 398 * DAY))],
    ["a server's", async () => server],
  ])('refuses %s, in both versions of TLS', async (_, make) => {
    const pair = await make();
    for (const tls of ['-tls1_2', '-tls1_3']) {
      const port = await up(startOpenssl(server, authority.cert, tls));
      await expect(ping(at(port, pair), { machine: 'dev' })).rejects.toMatchObject({
        code: 'refused',
        message: `The engine on "127.0.0.1:${port}" does not accept our client certificate`,
        hint: 'Make the certificates again: slipway regenerate-certs dev',
      });
    }
  });
});

describe('the environment', () => {
  test('does not lead elsewhere', async () => {
    const port = await up(startEngine(server, authority.cert));
    const environment = { DOCKER_HOST: 'tcp://', DOCKER_CERT_PATH: '/nowhere', DOCKER_PATH_PREFIX: '/x' };
    expect((await askWith(environment, at(port))).stdout).toBe('up\n');
  });

  test('does not turn verification off', async () => {
    const port = await up(startEngine(await createServer(foreign, ['127.0.0.1']), authority.cert));
    expect((await askWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, at(port))).stdout).toBe('unsafe\n');
  });

  test('does not print the key', async () => {
    const port = await up(startEngine(server, authority.cert));
    const { stdout, stderr } = await askWith({ DEBUG: '*' }, at(port));
    expect(stdout).toBe('up\n');
    expect(stderr).toContain('modem Sending');
    expect(stderr).not.toContain('PRIVATE KEY');
    for (const line of client.key.split('\n').filter((text) => text.length > 20)) expect(stderr).not.toContain(line);
  });

  async function askWith(env: NodeJS.ProcessEnv, address: EngineAddress) {
    const input = JSON.stringify(address);
    return run(process.execPath, [join(import.meta.dirname, 'ask.ts')], {
      input,
      env: { PATH: process.env.PATH, ...env },
    });
  }
});

describe('something that is no engine', () => {
  test('a port at which nothing listens', async () => {
    const port = await deadPort();
    await expect(version(at(port))).rejects.toMatchObject({
      code: 'refused',
      message: `The engine on "127.0.0.1:${port}" refuses the connection`,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('a name that does not exist', async () => {
    await expect(version(at(2376, { host: 'no-such-host.invalid' }))).rejects.toMatchObject({
      code: 'refused',
      message: 'The engine on "no-such-host.invalid:2376" has a name that cannot be resolved',
    });
  });

  test('a port that speaks no TLS', async () => {
    const port = await up(startTcp((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')));
    await expect(version(at(port))).rejects.toMatchObject({
      code: 'refused',
      message: `The engine on "127.0.0.1:${port}" does not speak TLS`,
    });
  });

  test('a port that closes every connection', async () => {
    const port = await up(startTcp((socket) => socket.destroy()));
    await expect(version(at(port))).rejects.toMatchObject({
      code: 'refused',
      message: `The engine on "127.0.0.1:${port}" cannot be reached`,
    });
  });

  test('a server that answers with an error', async () => {
    const port = await up(startEngine(server, authority.cert, (_, response) => response.writeHead(503).end('busy')));
    await expect(ping(at(port))).rejects.toMatchObject({
      code: 'refused',
      message: `The engine on "127.0.0.1:${port}" answered with HTTP status 503`,
    });
  });

  test.each(['hello', '{}', 'null', '[]', '{"Version":7}'])('a server that answers %s', async (text) => {
    const port = await up(startEngine(server, authority.cert, (_, response) => response.end(text)));
    await expect(version(at(port))).rejects.toMatchObject({
      code: 'refused',
      message: `The engine on "127.0.0.1:${port}" does not answer as an engine does`,
    });
  });
});

describe('the limit holds', () => {
  async function late(port: number) {
    await expect(version(at(port), { timeout: 300, machine: 'dev' })).rejects.toMatchObject({
      code: 'timeout',
      message: `The engine on "127.0.0.1:${port}" did not answer within 0.3 s`,
      hint: 'See whether the machine is running: slipway status dev',
    });
  }

  test('when a server accepts and never says a word', async () => {
    await late(await up(startTcp(() => undefined)));
  });

  test('when it never answers the request', async () => {
    await late(await up(startEngine(server, authority.cert, () => undefined)));
  });

  test('when it never comes to the end of its answer', async () => {
    const drip: typeof engineAnswers = (_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    };
    await late(await up(startEngine(server, authority.cert, drip)));
  });

  test('and a signal ends the call sooner', async () => {
    const port = await up(startTcp(() => undefined));
    const signal = AbortSignal.timeout(100);
    const message = `Interrupted while asking the engine on "127.0.0.1:${port}"`;
    await expect(ping(at(port), { signal })).rejects.toMatchObject({ code: 'interrupted', message });
    await expect(ping(at(port), { signal })).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('waiting', () => {
  test('ends when the engine comes up', async () => {
    const port = await deadPort();
    const waiting = waitForEngine(at(port), { limit: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await up(startEngine(server, authority.cert, engineAnswers, '127.0.0.1', port));
    expect(await waiting).toMatchObject({ version: '28.2.2' });
  });

  test('ends at its limit and quotes the last refusal', async () => {
    const port = await deadPort();
    const error = await waitForEngine(at(port), { limit: 1000, machine: 'dev' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'timeout', hint: 'Look at its log: slipway ssh dev journalctl -u docker' });
    expect(sentenceOf(error)).toMatch(
      `Waited 1 s for the engine on "127.0.0.1:${port}": The engine on "127.0.0.1:${port}" refuses the connection: `,
    );
  });

  test('ends at its limit though a call may take longer', async () => {
    const port = await up(startTcp(() => undefined));
    await expect(waitForEngine(at(port), { limit: 500, timeout: 3600_000, hint: 'Look there.' })).rejects.toMatchObject(
      {
        code: 'timeout',
        hint: 'Look there.',
      },
    );
  });

  test('ends at once when the engine is somebody else', async () => {
    const port = await up(startEngine(await createServer(foreign, ['127.0.0.1']), authority.cert));
    await expect(waitForEngine(at(port), { limit: 60_000 })).rejects.toMatchObject({ code: 'unsafe' });
  });

  test('ends with the signal', async () => {
    const waiting = waitForEngine(at(await deadPort()), { limit: 60_000, signal: AbortSignal.timeout(200) });
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  });
});
