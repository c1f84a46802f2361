import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../src/certs/index.ts';
import { output, run } from '../../src/program.ts';

/** The whole text that openssl prints about a certificate. */
export async function opensslText(cert: string): Promise<string> {
  return output('openssl', ['x509', '-noout', '-text'], { input: cert });
}

/** What `openssl verify` says: "OK", or its errors. */
export async function opensslVerify(cert: string, authority: string, ...options: string[]): Promise<string> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'ca.pem'), authority);
    await writeFile(join(folder, 'cert.pem'), cert);
    const args = ['verify', '-x509_strict', '-CAfile', join(folder, 'ca.pem'), ...options, join(folder, 'cert.pem')];
    const { code, stdout, stderr } = await run('openssl', args);
    return code === 0 ? stdout.trim().replace(/^.*: /, '') : stderr;
  });
}

/** A self-signed certificate of an authority that openssl made: `kind` as for `genpkey`, `options` as for `req`. */
export async function opensslAuthority(kind: readonly string[], ...options: string[]): Promise<Pair> {
  const key = await output('openssl', ['genpkey', ...kind]);
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'key.pem'), key);
    await writeFile(join(folder, 'req.cnf'), SETTINGS);
    const files = ['-config', join(folder, 'req.cnf'), '-key', join(folder, 'key.pem')];
    return { cert: await output('openssl', ['req', '-x509', '-utf8', '-days', '3650', ...files, ...options]), key };
  });
}

const SETTINGS = `
[req]
distinguished_name = dn
x509_extensions = authority
[dn]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tricky]
subjectAltName = @names
[names]
DNS.1 = "a, DNS:b"
IP.1 = ::1
`;

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-certs-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
