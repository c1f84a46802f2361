import { beforeAll, describe, expect, test } from '@jest/globals';
import * as certs from '../../src/certs/index.ts';
import { output } from '../../src/program.ts';
import { handshake } from './handshake.ts';
import { opensslAuthority, opensslText, opensslVerify } from './openssl.ts';

const DAY = 24 * 3600_000;
const NAMES = ['192.0.2.7', '2001:db8:0:0::7', 'dev', 'localhost', 'bücher.example'];

let authority: certs.Pair;
let foreign: certs.Pair;
let server: certs.Pair;
let client: certs.Pair;

beforeAll(async () => {
  [authority, foreign] = await Promise.all([certs.createAuthority('Ours'), certs.createAuthority('Ours')]);
  [server, client] = await Promise.all([
    certs.createServer(authority, NAMES),
    certs.createClient(authority, 'Slipway client'),
  ]);
});

describe('what openssl says', () => {
  test('of the authority', async () => {
    const text = await opensslText(authority.cert);
    expect(await opensslVerify(authority.cert, authority.cert, '-check_ss_sig')).toBe('OK');
    expect(text).toContain('NIST CURVE: P-256');
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(text).toMatch(/Subject Key Identifier: /);
  });

  test('of a server', async () => {
    const text = await opensslText(server.cert);
    expect(await opensslVerify(server.cert, authority.cert, '-purpose', 'sslserver')).toBe('OK');
    expect(await opensslVerify(server.cert, authority.cert, '-purpose', 'sslclient')).toContain('unsuitable');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toContain('NIST CURVE: P-256');
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication\n/);
    expect(text).toContain(
      'IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, DNS:dev, DNS:localhost, DNS:xn--bcher-kva.example\n',
    );
  });

  test('of a client', async () => {
    expect(await opensslVerify(client.cert, authority.cert, '-purpose', 'sslclient')).toBe('OK');
    expect(await opensslVerify(client.cert, authority.cert, '-purpose', 'sslserver')).toContain('unsuitable');
  });

  test('of another authority with the same name', async () => {
    expect(await opensslVerify(server.cert, foreign.cert)).toContain('error 20');
  });
});

describe('a connection', () => {
  test('is made between our own', async () => {
    expect(await handshake(server, authority.cert, { ca: authority.cert, pair: client })).toBe('hello');
  });

  test.each<[string, string, () => Promise<{ pair?: certs.Pair }>]>([
    ['no certificate', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', async () => ({})],
    [
      'a foreign one',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      async () => ({ pair: await certs.createClient(foreign, 'Mallory') }),
    ],
    ['an expired one', 'CERT_HAS_EXPIRED', async () => ({ pair: await expired() })],
    ["a server's", 'INVALID_PURPOSE', async () => ({ pair: server })],
  ])('is refused to a client with %s', async (_, code, make) => {
    expect(await handshake(server, authority.cert, { ca: authority.cert, ...(await make()) })).toBe(code);
  });

  test('is refused by a client that expects another name', async () => {
    const told = await handshake(server, authority.cert, { ca: authority.cert, pair: client, name: 'prod' });
    expect(told).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('is refused by a client that trusts somebody else', async () => {
    expect(await handshake(server, authority.cert, { ca: foreign.cert, pair: client })).not.toBe('hello');
  });

  test('is refused by a client when the certificate of the server has run out', async () => {
    const old = await certs.createServer(authority, ['localhost'], new Date(Date.now() - 398 * DAY));
    expect(await handshake(old, authority.cert, { ca: authority.cert, pair: client })).not.toBe('hello');
  });

  async function expired(): Promise<certs.Pair> {
    return certs.createClient(authority, 'Slipway client', new Date(Date.now() - 398 * DAY));
  }
});

describe('dates and numbers', () => {
  test('an authority lasts ten years, others 397 days, and all begin five minutes ago', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const made = certs.describe((await certs.createAuthority('Later', now)).cert);
    expect(made.notBefore.toISOString()).toBe('2029-12-31T23:55:00.000Z');
    expect(made.notAfter.toISOString()).toBe('2040-01-01T00:00:00.000Z');
    const leaf = certs.describe((await certs.createClient(authority, 'Later', now)).cert);
    expect(leaf.notAfter.getTime() - now.getTime()).toBe(397 * DAY);
  });

  test('nothing outlives its authority', async () => {
    const now = new Date(Date.now() - 3600 * DAY);
    const old = await certs.createAuthority('Old', now);
    const leaf = await certs.createClient(old, 'Short-lived');
    expect(certs.describe(leaf.cert).notAfter).toEqual(certs.describe(old.cert).notAfter);
    await expect(certs.createClient(old, 'Too late', new Date(Date.now() + 100 * DAY))).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^The authority ran out on "/),
    });
  });

  test('serial numbers are 128 bits, positive and never the same', () => {
    const serials = [authority, foreign, server, client].map(({ cert }) => certs.describe(cert).serial);
    expect(new Set(serials).size).toBe(4);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });
});

describe('names', () => {
  test.each(['', 'a b', 'a,DNS:b', '-rf', '../x', '$(id)', 'a..b', '😀.', 'x'.repeat(64), '1.2.3.4:80', 'a\0b'])(
    'refuses %j',
    async (name) => {
      await expect(certs.createServer(authority, ['dev', name])).rejects.toMatchObject({ code: 'bad-input' });
    },
  );

  test('refuses to make one for nobody', async () => {
    await expect(certs.createServer(authority, [])).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('takes every way to write an address, long names and wildcards', async () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;
    const names = [
      '::1',
      '::',
      '1::',
      'fe80::1%eth0',
      '::ffff:192.0.2.1',
      long,
      'my_host',
      '*.dev.example',
      '10.0.0.1',
    ];
    const { cert } = await certs.createServer(authority, names);
    expect(certs.covers(cert, names)).toBe(true);
    expect(certs.describe(cert).names).toEqual([
      ...['::1', '::', '1::', 'fe80::1', '::ffff:c000:201', long, 'my_host', '*.dev.example', '10.0.0.1'],
    ]);
    expect(await opensslVerify(cert, authority.cert, '-verify_ip', '::ffff:192.0.2.1')).toBe('OK');
  });
});

describe('an authority that the user brings', () => {
  const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  const EC = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const KEY_ID = ['-addext', 'subjectKeyIdentifier=hash'];

  test.each([
    ['RSA and a name with umlauts', RSA, ['-subj', '/C=DE/O=Bücher & Söhne/CN=Büro', ...KEY_ID]],
    ['RSA and two values in one part of the name', RSA, ['-multivalue-rdn', '-subj', '/O=X+OU=Y/CN=Z', ...KEY_ID]],
    ['EC', EC, ['-subj', '/CN=A', ...KEY_ID]],
    ['Ed25519', ['-algorithm', 'ED25519'], ['-subj', '/CN=A', ...KEY_ID]],
  ])('signs with %s', async (_, kind, options) => {
    const own = await opensslAuthority(kind, ...options);
    certs.checkAuthority(own);
    const ownServer = await certs.createServer(own, ['localhost']);
    expect(await opensslVerify(ownServer.cert, own.cert, '-purpose', 'sslserver')).toBe('OK');
    expect(certs.signedBy(ownServer.cert, own.cert)).toBe(true);
    const ownClient = await certs.createClient(own, 'Slipway client');
    expect(await handshake(ownServer, own.cert, { ca: own.cert, pair: ownClient })).toBe('hello');
  });

  test('signs without an identifier of its key, and with a key in the older form', async () => {
    const own = await opensslAuthority(RSA, '-subj', '/CN=A', '-addext', 'subjectKeyIdentifier=none');
    const older = { ...own, key: await output('openssl', ['pkey', '-traditional'], { input: own.key }) };
    expect(older.key).toContain('BEGIN RSA PRIVATE KEY');
    const ownServer = await certs.createServer(older, ['localhost']);
    const ownClient = await certs.createClient(older, 'Slipway client');
    expect(await handshake(ownServer, own.cert, { ca: own.cert, pair: ownClient })).toBe('hello');
  });

  test('cannot sign with a kind of key that others do not understand', async () => {
    const own = await opensslAuthority(['-algorithm', 'ED448'], '-subj', '/CN=A');
    await expect(certs.createClient(own, 'x')).rejects.toMatchObject({
      code: 'unsupported',
      message: 'Certificates cannot be signed with a key of the kind "ed448"',
    });
  });

  test('cannot sign with a key that is not its own', async () => {
    await expect(certs.createClient({ ...authority, key: foreign.key }, 'x')).rejects.toMatchObject({
      message: 'The key does not belong to the certificate of "CN=Ours"',
    });
  });
});
