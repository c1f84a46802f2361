import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TLS_FILES } from '../../src/provision/paths.ts';
import { quoteAll } from '../../src/ssh/quote.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { makeChroot } from '../provision/chroot.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** A host that runs an engine, of the size of a folder: a real SSH server, and whoever logs in is root in a chroot. */
export interface EngineHost {
  readonly sshd: Sshd;
  /** The file of the private key that is let in. */
  readonly key: string;
  /** The port at which an engine speaks TLS with the certificates that were put on the host; to be asked once they are there. */
  enginePort(): Promise<number>;
  /** Gives it another host key beside its own. */
  show(privateKey: string): Promise<void>;
  /** Every file below /etc and /var/lib/slipway, with what is in it. */
  manifest(): string[];
  remove(): Promise<void>;
}

export async function startEngineHost(): Promise<EngineHost> {
  const chroot = await makeChroot();
  chroot.write('state/containers', '1\n');
  await chroot.output('systemctl start docker.service');
  const login = `ForceCommand exec ${quoteAll(chroot.shell)} -c "$SSH_ORIGINAL_COMMAND"`;
  const sshd = await startSshd({ config: [login] });
  const key = join(sshd.folder, 'key');
  await writeFile(key, sshd.client.privateKey, { mode: 0o600 });
  let engine: Promise<Running> | undefined;
  const start = async () => {
    const [ca = '', cert = '', pem = ''] = await Promise.all(
      [TLS_FILES.ca, TLS_FILES.cert, TLS_FILES.key].map((file) => readFile(join(chroot.folder, file), 'utf8')),
    );
    return startEngine({ cert, key: pem }, ca);
  };
  return {
    sshd,
    key,
    enginePort: async () => {
      engine ??= start();
      return (await engine).port;
    },
    show: async (privateKey) => {
      const file = join(sshd.folder, 'another');
      await writeFile(file, privateKey, { mode: 0o600 });
      await appendFile(join(sshd.folder, 'sshd_config'), `HostKey ${file}\n`);
    },
    manifest: chroot.manifest,
    async remove() {
      await (await engine)?.close();
      await sshd.remove();
      await chroot.remove();
    },
  };
}
