import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runsOutAt } from '../../src/certs/validity.ts';
import { output } from '../../src/program.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-validity-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A certificate that openssl makes. */
function made(...words: string[]): Promise<string> {
  const key = ['-newkey', 'ed25519', '-nodes', '-keyout', join(folder, 'key')];
  return output('openssl', ['req', '-x509', ...key, '-subj', '/O=An organisation/CN=one', ...words]);
}

test.each([
  ['that runs out in this half of the century', ['-days', '397']],
  ['that runs out in the other, and writes its dates in another way', ['-days', '12000']],
  [
    'whose issuer has a name longer than a byte can count',
    ['-subj', ['CN', 'O', 'OU', 'L', 'ST'].map((part) => `/${part}=${'a'.repeat(60)}`).join('')],
  ],
])('reads from a certificate %s what Node reads', async (_, words) => {
  const cert = await made(...words);
  expect(runsOutAt(cert)).toEqual(new X509Certificate(cert).validToDate);
});

test('reads one of version 1, which says nothing of its version', async () => {
  const request = await output('openssl', [
    'req',
    '-newkey',
    'ed25519',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
    '-subj',
    '/CN=one',
  ]);
  const cert = await output('openssl', ['x509', '-req', '-signkey', join(folder, 'key')], { input: request });
  expect(await output('openssl', ['x509', '-noout', '-text'], { input: cert })).toContain('Version: 1');
  expect(runsOutAt(cert)).toEqual(new X509Certificate(cert).validToDate);
});

test.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
  'reads nothing from %j',
  (text) => expect(runsOutAt(text)).toBeUndefined(),
);
