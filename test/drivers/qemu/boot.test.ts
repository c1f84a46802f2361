import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/driver.ts';
import qemu from '../../../src/drivers/qemu/index.ts';
import { waitFor } from '../../../src/poll.ts';
import { cloudConfig } from '../../../src/provision/index.ts';
import { generateKey } from '../../../src/ssh/keys.ts';
import { newSite, sharedImages, type TestSite } from '../site.ts';
import { leftOf } from './left.ts';

/** A boot takes 20 seconds where the processor is emulated, and several times that on a busy computer. */
const BOOT_LIMIT = 300_000;
const BUILD_LIMIT = 600_000;

const runFile = promisify(execFile);
let place: TestSite;
let driver: Driver;
let publishedPort: number;
const made: Record<string, string> = {};

beforeAll(async () => {
  const [own, host] = [await generateKey('own'), await generateKey('host')];
  const userData = cloudConfig({ hostname: 'dev', user: 'slipway', publicKey: own.publicKey, hostKey: host });
  const bootstrap = { userData, user: 'slipway', publicKey: own.publicKey };
  place = await newSite({ cache: sharedImages, bootstrap });
  await writeFile(join(place.root, 'id'), own.privateKey, { mode: 0o600 });
  await writeFile(join(place.root, 'known_hosts'), `dev ${host.publicKey}\n`);
  publishedPort = await freePort();
  const flags = { 'qemu-image': 'build', 'qemu-memory': 1024, 'qemu-publish': [`${publishedPort}:22`] };
  driver = qemu.driver(flags, place.site);
});
afterAll(async () => {
  for (const part of [...driver.parts].reverse()) await part.destroy(made[part.kind] ?? '');
  expect(await leftOf(place)).toEqual([]);
  await place.remove();
});

test(
  'an image is built here, or is here already',
  async () => {
    const [disk] = driver.parts;
    made.disk = (await disk?.create(`slipway-${place.site.machine}-disk`, made)) ?? '';
    expect(place.notes.at(-1)).toMatch(/^using the image built here from deb /);
  },
  BUILD_LIMIT,
);

test(
  'it boots to an sshd with the host key and the user that the first boot was given',
  async () => {
    const [, instance] = driver.parts;
    made.instance = (await instance?.create(`slipway-${place.site.machine}-instance`, made)) ?? '';
    expect(await onceUp('hostname; sudo id -un')).toBe('dev\nroot\n');
    expect(await driver.power?.state(made)).toBe('Running');
  },
  BOOT_LIMIT,
);

test(
  'it is a machine of its own, with all of its disk, and the engine',
  async () => {
    expect(await ssh('timeout 200 cloud-init status --wait')).toMatch(/status: done/);
    expect(Number(await ssh("df --output=size -BG / | tail -1 | tr -dc '[:digit:]'"))).toBeGreaterThanOrEqual(19);
    expect(await ssh('cat /etc/machine-id')).toMatch(/^[0-9a-f]{32}\n$/);
    expect(await ssh('ls /etc/ssh/ssh_host_*')).toBe(
      '/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_ed25519_key.pub\n',
    );
    expect(await ssh("sudo docker version --format '{{.Server.Version}}'")).toMatch(/^\d+\.\d+/);
    expect(await ssh('systemctl list-units --failed --plain --no-legend')).toBe('');
    await ssh('echo kept | sudo tee /root/mark > /dev/null; sudo sync');
  },
  BOOT_LIMIT,
);

test(
  'its engine runs a container',
  async () => {
    await ssh("sudo tar -hcf - /bin/echo $(ldd /bin/echo | grep -o '/[^ ]*') 2>/dev/null | sudo docker import - tiny");
    expect(await ssh('sudo docker run --rm tiny /bin/echo contained')).toBe('contained\n');
  },
  BOOT_LIMIT,
);

test('a published port leads to it, beside its own', async () => {
  expect((await driver.endpoint(made))?.sshPort).not.toBe(publishedPort);
  expect(await ssh('echo here', publishedPort)).toBe('here\n');
});

test('it writes to a console that can be read', async () => {
  expect(await driver.console?.(made)).toContain('Debian GNU/Linux 12');
});

test(
  'it goes off in an orderly way and comes back on other ports where its own are taken',
  async () => {
    const before = await driver.endpoint(made);
    await driver.power?.stop(made);
    expect(await driver.power?.state(made)).toBe('Stopped');
    const taker = createServer().listen(before?.sshPort, '127.0.0.1');
    await once(taker, 'listening');
    await driver.power?.start(made).finally(() => taker.close());
    expect((await driver.endpoint(made))?.sshPort).not.toBe(before?.sshPort);
    expect(await onceUp('sudo cat /root/mark')).toBe('kept\n');
    expect(await ssh('cloud-init status')).toMatch(/status: done/);
  },
  BOOT_LIMIT,
);

async function onceUp(command: string): Promise<string> {
  return waitFor({ what: 'sshd', limit: BOOT_LIMIT - 10_000 }, () => ssh(command).catch(() => undefined));
}

/** With the system's ssh, which trusts the one host key only. */
async function ssh(command: string, port?: number): Promise<string> {
  const endpoint = await driver.endpoint(made);
  const options = [
    `UserKnownHostsFile=${join(place.root, 'known_hosts')}`,
    'HostKeyAlias=dev',
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
    'ConnectTimeout=5',
  ];
  const words = ['-F', 'none', '-i', join(place.root, 'id'), ...options.flatMap((option) => ['-o', option])];
  const at = ['-p', String(port ?? endpoint?.sshPort), `${endpoint?.sshUser}@127.0.0.1`];
  return (await runFile('ssh', [...words, ...at, command])).stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
