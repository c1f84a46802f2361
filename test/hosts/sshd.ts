import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateKey, type KeyPair } from '../../src/ssh/keys.ts';

/** A real OpenSSH server on 127.0.0.1, for this user, with keys and a configuration of its own. */
export interface Sshd {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Whoever runs the tests: the server lets in nobody else. */
  readonly user: string;
  /** Its ed25519 host key: "ssh-ed25519 AAAA… comment". */
  readonly hostKey: string;
  /** The key that it lets in. */
  readonly client: KeyPair;
  /** A folder for the test, removed with the server. */
  readonly folder: string;
  /** All that it has logged so far. */
  log(): string;
  /** Ends the connections that are open, as a host that dies; goes on listening. */
  cut(): Promise<void>;
  /** Stops it and ends its connections; `start` brings it back at the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

export interface SshdOptions {
  /** More lines for sshd_config; the first of two that contradict each other holds, and these come first. */
  config?: readonly string[];
  /** Host keys instead of a new ed25519 one: the texts of private keys. */
  hostKeys?: readonly string[];
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sshd-'));
  const [hostPair, client] = [await generateKey('host'), await generateKey('client')];
  const files = await writeKeys(folder, options.hostKeys ?? [hostPair.privateKey], client);
  await writeFile(join(folder, 'sshd_config'), configFor(folder, files, options.config ?? []));
  const pids = new Set<number>();
  let log = '';
  let port = 0;
  let listener: Server | undefined;
  /** As inetd would: a server for each connection, so that every process is known and any port can be had. */
  const serve = (socket: Socket) => {
    const args = ['-i', '-e', '-f', join(folder, 'sshd_config')];
    const child = spawn('/usr/sbin/sshd', args, { detached: true, stdio: [socket, socket, 'pipe'] });
    socket.destroy(); // this process's half of it
    const { pid } = child;
    if (pid !== undefined) pids.add(pid);
    child.on('exit', () => pids.delete(pid ?? 0));
    child.stderr?.on('data', (chunk) => {
      log += chunk;
    });
  };
  const start = async () => {
    await privilegeFolder();
    listener = createServer({ pauseOnConnect: true }, serve).listen(port, '127.0.0.1');
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  };
  const cut = async () => {
    for (const pid of pids) process.kill(-pid, 'SIGKILL'); // the group: sshd's monitor and what it guards
    while (pids.size > 0) await delay(5);
  };
  const stop = async () => {
    listener?.close();
    listener = undefined;
    await cut();
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    hostKey: hostPair.publicKey,
    client,
    folder,
    log: () => log,
    start,
    stop,
    cut,
    remove: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function writeKeys(folder: string, hostKeys: readonly string[], client: KeyPair): Promise<string[]> {
  await writeFile(join(folder, 'authorized_keys'), `${client.publicKey}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'client'), client.privateKey, { mode: 0o600 });
  const files = hostKeys.map((_, i) => join(folder, `host_${i}`));
  await Promise.all(files.map((file, i) => writeFile(file, hostKeys[i] ?? '', { mode: 0o600 })));
  return files;
}

function configFor(folder: string, hostKeys: readonly string[], extra: readonly string[]): string {
  return [
    ...extra,
    ...hostKeys.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'SetEnv SHLVL=2', // bash reads ~/.bashrc at the first level only: what it does here is none of the tests' business
    'LogLevel VERBOSE',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/** sshd started by root wants its empty folder, which the system makes only for its own service. */
async function privilegeFolder(): Promise<void> {
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
}
