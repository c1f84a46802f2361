import type { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Pair } from '../../src/certs/index.ts';
import type { ProgramResult } from '../../src/program.ts';
import type { Owner } from './owner.ts';

/** What a docker client holds. */
export interface ClientFiles {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Asks the engine for its version, as a docker client that holds these files and no others. */
export async function askAs(owner: Owner, url: string, files: ClientFiles): Promise<ProgramResult> {
  const folder = await mkdtemp(join(owner.home, 'client-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.pem`), text);
  const env = [`DOCKER_HOST=${url}`, 'DOCKER_TLS_VERIFY=1', `DOCKER_CERT_PATH=${folder}`];
  return owner.run('env', ...env, 'docker', 'version', '--format', '{{.Server.Version}}');
}

/** What the machine's own client holds. */
export async function clientOf(owner: Owner, name: string): Promise<Required<ClientFiles>> {
  const { ca, clientCert, clientKey } = owner.store.machine(name);
  const [caText, cert, key] = await Promise.all([ca, clientCert, clientKey].map((path) => readFile(path, 'utf8')));
  return { ca: caText as string, cert: cert as string, key: key as string };
}

/** The authority of the store's machines. */
export async function authorityIn(owner: Owner, id: string): Promise<Pair> {
  return inOne(await readFile(owner.store.authority(id).authority, 'utf8'));
}

/** A certificate and its key out of the file that holds both. */
function inOne(text: string): Pair {
  const [cert = '', key = ''] = text.split(/(?=-----BEGIN [A-Z ]*PRIVATE KEY-----)/);
  return { cert, key };
}

/** The certificate that the engine shows now. */
export function shownBy(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      if (shown) resolve(shown);
      else reject(new Error('The engine showed no certificate'));
    });
    socket.on('error', reject);
  });
}
