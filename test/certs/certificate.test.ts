import { beforeAll, describe, expect, test } from '@jest/globals';
import * as certs from '../../src/certs/index.ts';
import { output } from '../../src/program.ts';
import { opensslAuthority } from './openssl.ts';

const DAY = 24 * 3600_000;

let authority: certs.Pair;
let server: certs.Pair;

beforeAll(async () => {
  authority = await certs.createAuthority('Ours');
  server = await certs.createServer(authority, ['dev.example', '192.0.2.7', '*.wild.example']);
});

test('describes what openssl sees', async () => {
  const seen = certs.describe(server.cert);
  const lines = await output('openssl', ['x509', '-noout', '-serial', '-fingerprint', '-sha256'], {
    input: server.cert,
  });
  expect(lines).toBe(`serial=${seen.serial}\nsha256 Fingerprint=${seen.fingerprint}\n`);
  expect(seen).toMatchObject({ subject: 'CN=dev.example', issuer: 'CN=Ours', isAuthority: false });
  expect(seen.names).toEqual(['dev.example', '192.0.2.7', '*.wild.example']);
  expect(certs.describe(authority.cert)).toMatchObject({ isAuthority: true, names: [], subject: 'CN=Ours' });
});

test('reads names that try to look like several', async () => {
  const tricky = await opensslAuthority(['-algorithm', 'ED25519'], '-subj', '/', '-extensions', 'tricky');
  expect(certs.describe(tricky.cert)).toMatchObject({ names: ['a, DNS:b', '::1'], subject: '', issuer: '' });
});

test('covers exactly the names it was made for', () => {
  expect(certs.covers(server.cert, ['DEV.example', '192.0.2.7', '*.wild.example'])).toBe(true);
  expect(certs.covers(server.cert, [])).toBe(true);
  for (const name of ['x.wild.example', 'dev', 'example', '192.0.2.8', '::1']) {
    expect([name, certs.covers(server.cert, ['dev.example', name])]).toEqual([name, false]);
  }
});

test('knows who signed, not only what the name says', async () => {
  const namesake = await certs.createAuthority('Ours');
  expect(certs.signedBy(server.cert, authority.cert)).toBe(true);
  expect(certs.signedBy(server.cert, namesake.cert)).toBe(false);
});

test('is due for renewal when fewer than 30 days are left', () => {
  const end = certs.describe(server.cert).notAfter.getTime();
  const left = (days: number, ms = 0) => new Date(end - days * DAY + ms);
  expect(certs.needsRenewal(server.cert)).toBe(false);
  expect(certs.needsRenewal(server.cert, left(certs.RENEW_BEFORE_DAYS))).toBe(false);
  expect(certs.needsRenewal(server.cert, left(certs.RENEW_BEFORE_DAYS, 1))).toBe(true);
  expect(certs.needsRenewal(server.cert, left(-1))).toBe(true);
});

test.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
  'says that %j is no certificate',
  (text) => {
    expect(() => certs.describe(text)).toThrow('This is not a certificate in PEM form');
  },
);

describe('a pair that the user brings', () => {
  const badInput = (message: string) => expect.objectContaining({ code: 'bad-input', message });

  test('is accepted when the two belong together', () => {
    certs.checkPair(server);
    certs.checkAuthority(authority);
  });

  test('is refused when they do not', () => {
    expect(() => certs.checkPair({ cert: server.cert, key: authority.key })).toThrow(
      badInput('The key does not belong to the certificate of "CN=dev.example"'),
    );
  });

  test('is refused when one cannot be read', () => {
    expect(() => certs.checkPair({ ...server, cert: 'x' })).toThrow(badInput('The certificate is not in PEM form'));
    expect(() => certs.checkPair({ ...server, key: server.cert })).toThrow(
      badInput('The key is not a private key in PEM form'),
    );
  });

  test('is refused with a key under a passphrase, and how to take it off is said', async () => {
    const locked = await output('openssl', ['pkey', '-aes256', '-passout', 'pass:x'], { input: server.key });
    expect(() => certs.checkPair({ ...server, key: locked })).toThrow(badInput('The key is protected by a passphrase'));
  });

  test('is no authority when it may not sign, or not today', () => {
    const { notAfter, notBefore } = certs.describe(authority.cert);
    const check = (pair: certs.Pair, now: Date) => () => certs.checkAuthority(pair, now);
    expect(check(server, new Date())).toThrow('"CN=dev.example" is not that of an authority');
    expect(check(authority, notAfter)).toThrow(/^The certificate of "CN=Ours" ran out on \d{4}-\d\d-\d\d$/);
    expect(check(authority, new Date(notBefore.getTime() - 1))).toThrow('"CN=Ours" is not valid before');
  });
});
