import { readFile } from 'node:fs/promises';
import { builtImage } from '../../src/drivers/qemu/build.ts';
import qemu from '../../src/drivers/qemu/index.ts';
import { hostArch } from '../../src/drivers/qemu/settings.ts';
import { connect, generateKey, type KeyPair, type Target, waitForSsh } from '../../src/ssh/index.ts';
import { newSite, sharedImages } from '../drivers/site.ts';
import { freePort } from '../hosts/sshd.ts';

/** A Debian with its own plain docker.io, that somebody else made and runs containers on. */
export interface ForeignHost {
  readonly sshPort: number;
  /** Leads to the same port of the host; nobody listens there yet. */
  readonly enginePort: number;
  readonly hostKey: KeyPair;
  /** Lets all its users in: root, `free` and `guarded`, who have sudo without and with a password, and `plain`. */
  readonly client: KeyPair;
  /** The password of `guarded` and `plain`. */
  readonly password: string;
  /** Runs a script as root, which must succeed; gives what it printed, without the last newline. */
  run(script: string): Promise<string>;
  remove(): Promise<void>;
}

const password = `it's "$HOME" %n\\`;

/** Boots one; the containers are none of its yet. */
export async function bootForeignHost(): Promise<ForeignHost> {
  const [hostKey, client] = [await generateKey('host'), await generateKey('client')];
  const bootstrap = { user: 'root', publicKey: client.publicKey, userData: cloudConfig(hostKey, client) };
  const { site, remove } = await newSite({ cache: sharedImages, bootstrap });
  await builtImage(site, true, hostArch());
  const enginePort = await freePort();
  const values = { 'qemu-image': 'build', 'qemu-memory': 1024, 'qemu-publish': [`${enginePort}:${enginePort}`] };
  const driver = qemu.driver(values, site);
  const made: Record<string, string> = {};
  for (const part of driver.parts) made[part.kind] = await part.create(`slipway-${site.machine}-${part.kind}`, made);
  const destroy = async () => {
    for (const part of [...driver.parts].reverse()) await part.destroy(made[part.kind] ?? '');
    await remove();
  };
  const endpoint = await driver.endpoint(made);
  const target: Target = {
    host: '127.0.0.1',
    port: endpoint?.sshPort ?? 0,
    user: 'root',
    identity: { privateKey: client.privateKey },
    hostKeys: [hostKey.publicKey],
  };
  (await waitForSsh(target, { limit: 10 * 60_000 })).connection.close();
  const run = (script: string, input?: Uint8Array) => runOn(target, script, input);
  await run('cloud-init status --wait >/dev/null; systemctl daemon-reload; systemctl restart docker');
  await run(MAKE_TOOLS, await readFile('/bin/busybox'));
  return { sshPort: target.port, enginePort, hostKey, client, password, run, remove: destroy };
}

/** An image "tools" of busybox alone. */
const MAKE_TOOLS = `mkdir -p /tmp/tools/bin && cat >/tmp/tools/bin/busybox && chmod 755 /tmp/tools/bin/busybox
tar -C /tmp/tools -c . | docker import - tools`;

async function runOn(target: Target, script: string, input: Uint8Array | undefined): Promise<string> {
  const connection = await connect(target);
  try {
    const { code, stdout, stderr } = await connection.run(script, input ? { input } : {});
    if (code !== 0) throw new Error(`"${script}" ended with ${code}:\n${stdout}${stderr}`);
    return stdout.trimEnd();
  } finally {
    connection.close();
  }
}

/** As somebody has it who likes tabs, and whose engine has arguments of its own. */
const daemonJson = '{\n\t"log-opts": {"max-size":   "5m"},\n\n\t"log-driver": "json-file"}';
const dropIn = '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --shutdown-timeout 7 $DOCKER_OPTS\n';

function cloudConfig(hostKey: KeyPair, client: KeyPair): string {
  const keys = { ssh_authorized_keys: [client.publicKey.trim()], shell: '/bin/bash' };
  const withPassword = { ...keys, lock_passwd: false, plain_text_passwd: password };
  const config = {
    hostname: 'theirs',
    disable_root: false,
    ssh_authorized_keys: keys.ssh_authorized_keys,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey.trim() },
    users: [
      { name: 'root', ssh_authorized_keys: keys.ssh_authorized_keys },
      { ...keys, name: 'free', sudo: 'ALL=(ALL) NOPASSWD:ALL' },
      { ...withPassword, name: 'guarded', sudo: 'ALL=(ALL) ALL' },
      { ...withPassword, name: 'plain' },
    ],
    write_files: [
      { path: '/etc/docker/daemon.json', permissions: '0640', content: daemonJson },
      { path: '/etc/systemd/system/docker.service.d/theirs.conf', content: dropIn },
    ],
  };
  return `#cloud-config\n${JSON.stringify(config)}\n`;
}
