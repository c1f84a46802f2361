import { renameSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import ssh2 from 'ssh2';
import type { Pair } from '../../src/certs/index.ts';
import { opening } from '../../src/provision/index.ts';
import { generateKey } from '../../src/ssh/keys.ts';
import type { NewGuest } from '../clouds/guests.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { type Chroot, makeChroot } from '../provision/chroot.ts';

/**
 * Hosts that cost next to nothing, to have a hundred of them: real SSH servers and real engines' TLS at addresses of
 * this computer, with the keys and certificates that each was given. The scripts that they are told to run are run once,
 * in a chroot, and what they printed there is what every other host answers.
 */
export interface StandIns {
  /** Takes what a cloud's server tells about its instances: POST /run, /remove and the rest. */
  readonly url: string;
  /** One of them, at the first of its addresses, for a cloud's server that takes such. */
  readonly guest: NewGuest;
  /** How many log-ins there were. */
  readonly logins: () => number;
  /**
   * Called for each script that a host is told to run, with its number on that host, from 1: `drop` cuts the connection
   * before it runs, and at `silence` nothing comes from there any more.
   */
  intercept: (command: number) => 'drop' | 'silence' | undefined;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** For how long a host boots until its SSH server listens, in milliseconds. */
  boot?: number;
  /** For how long it installs the engine. */
  install?: number;
}

/** Not 22, which takes root. */
export const SSH_PORT = 2222;

interface About {
  readonly id: string;
  readonly public: string | null;
  /** In base64. */
  readonly userData: string;
}

interface Host {
  close(): Promise<void>;
}

export async function startStandIns({ boot = 0, install = 0 }: StandInOptions = {}): Promise<StandIns> {
  const hosts = new Map<string, Promise<Host>>();
  const answers = await newAnswers(install);
  let logins = 0;
  const control: Control = {
    loggedIn: () => {
      logins += 1;
    },
    intercept: (command) => standIns.intercept(command),
  };
  const server = createHttpServer(async (request, response) => {
    const about = JSON.parse(await textOf(request)) as About;
    const present = hosts.get(about.id);
    hosts.delete(about.id);
    await (await present)?.close();
    if (request.url !== '/remove' && request.url !== '/stop' && about.public !== null) {
      const host = delay(boot).then(() => startHost(about, answers, control));
      hosts.set(about.id, host);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIns: StandIns = {
    url,
    guest: guestsAt(url),
    logins: () => logins,
    intercept: () => undefined,
    async close() {
      server.close();
      for (const host of hosts.values()) await (await host).close();
      await answers.remove();
    },
  };
  return standIns;
}

function guestsAt(url: string): NewGuest {
  let made = 0;
  return async (userData, addresses) => {
    made += 1;
    const id = `guest-${made}`;
    let isOn = false;
    const tell = async (how: string, [address = null]: readonly (string | null)[]) => {
      const body = JSON.stringify({ id, public: address, userData: Buffer.from(userData).toString('base64') });
      await fetch(`${url}/${how}`, { method: 'POST', body });
      isOn = how === 'run';
    };
    await tell('run', addresses);
    return {
      start: (now) => tell('run', now),
      stop: () => tell('stop', []),
      isRunning: async () => isOn,
      remove: () => tell('remove', []),
    };
  };
}

interface Control extends Pick<StandIns, 'intercept'> {
  loggedIn(): void;
}

async function startHost(about: About, answers: Answers, { loggedIn, intercept }: Control): Promise<Host> {
  const { hostKey, publicKey } = born(about.userData);
  const address = about.public ?? '';
  const allowed = ssh2.utils.parseKey(publicKey) as ssh2.ParsedKey;
  let engine: Promise<Running> | undefined;
  let commands = 0;
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => {
      const isOurs = asked.method === 'publickey' && asked.key.data.equals(allowed.getPublicSSH());
      const isSigned = isOurs && (!asked.signature || allowed.verify(asked.blob as Buffer, asked.signature) === true);
      if (isSigned) asked.accept();
      else asked.reject(['publickey']);
    });
    client.on('ready', loggedIn);
    client.on('session', (accept) => {
      accept().on('exec', async (accept) => {
        const channel = accept();
        for await (const script of scriptsOf(channel)) {
          commands += 1;
          const fault = intercept(commands);
          if (fault) return suffer(fault, sockets);
          const tls = tlsIn(script);
          if (tls) engine ??= startEngine(tls.pair, tls.ca, undefined, address, 2376);
          await engine;
          channel.write(await answers.to(about.id, script));
        }
        channel.exit(0);
        channel.end();
      });
    });
  });
  const listener: Server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(SSH_PORT, address, resolve));
  return {
    async close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await (await engine)?.close();
    },
  };
}

/** What a shell is told: at the first connection one script more, once the opening is answered. */
async function* scriptsOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let text = '';
  for await (const part of stream) {
    text += part;
    if (!text.startsWith(opening)) continue;
    yield opening;
    text = text.slice(opening.length);
  }
  if (text !== '') yield text;
}

function suffer(fault: 'drop' | 'silence', sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    if (fault === 'drop') socket.destroy();
    else socket.pause();
  }
}

/** What of the user data a host lives by. */
function born(userData: string): { hostKey: string; publicKey: string } {
  const data = Buffer.from(userData, 'base64');
  const text = (data[0] === 0x1f && data[1] === 0x8b ? gunzipSync(data) : data).toString('utf8');
  const { ssh_keys: keys, users } = JSON.parse(text.replace(/^#cloud-config\n/, ''));
  return { hostKey: keys.ed25519_private, publicKey: users[0].ssh_authorized_keys[0] };
}

/** The certificates that a script brings: of the authority, and the host's own with its key. */
function tlsIn(script: string): { ca: string; pair: Pair } | undefined {
  const [first, second] = script.match(PEM_CERT) ?? [];
  const [key] = script.match(PEM_KEY) ?? [];
  return first && second && key ? { ca: first, pair: { cert: second, key } } : undefined;
}

const PEM_CERT = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/g;
const PEM_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----\n/g;

interface Answers {
  to(host: string, script: string): Promise<string>;
  remove(): Promise<void>;
}

/** The first host that asks lives in the chroot; the others say what it said. */
async function newAnswers(install: number): Promise<Answers> {
  const chroot = await newHost();
  const known = new Map<string, PromiseWithResolvers<string>>();
  const asked = new Map<string, number>();
  let first: string | undefined;
  const answerTo = (form: string) => {
    const answer = known.get(form) ?? Promise.withResolvers<string>();
    known.set(form, answer);
    return answer;
  };
  return {
    async to(host, script) {
      first ??= host;
      const nonce = /^nonce='?(\w+)'?$/m.exec(script)?.[1] ?? '';
      const form = script.replaceAll(nonce, 'NONCE').replaceAll(PEM_CERT, 'CERT').replaceAll(PEM_KEY, 'KEY');
      const nth = (asked.get(host) ?? 0) + 1; // the same question has another answer later
      asked.set(host, nth);
      const { promise, resolve } = answerTo(`${nth} ${form}`);
      if (host === first) resolve((await chroot.output(script)).replaceAll(nonce, 'NONCE'));
      if (/^step 'install /m.test(script)) await delay(install);
      return (await promise).replaceAll('NONCE', nonce);
    },
    remove: () => chroot.remove(),
  };
}

/** A fresh Debian, on which an engine can be installed. */
async function newHost(): Promise<Chroot> {
  const host = await makeChroot();
  renameSync(join(host.folder, 'usr/sbin/dockerd'), join(host.folder, 'state/dockerd'));
  host.write('state/containers', '0\n');
  host.write('state/download', DOCKER_KEY);
  const { publicKey } = await generateKey('host');
  host.write('etc/ssh/sshd_config', '');
  host.write('usr/bin/usermod', '#!/bin/sh\n', 0o755);
  host.write('state/key.pub', `${publicKey}\n`);
  host.write('usr/bin/ssh-keygen', `#!/bin/sh\n${SSH_KEYGEN}`, 0o755);
  return host;
}

const DOCKER_KEY = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';

const SSH_KEYGEN = `
for file; do :; done
case $* in
  -y*) [ -e "$file" ] && cat /state/key.pub ;;
  *) echo private >"$file"; cp /state/key.pub "$file.pub" ;;
esac
`;

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
