import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { fingerprint, generateKey } from '../../src/ssh/index.ts';
import { bootForeignHost, type ForeignHost } from './foreign.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';
import { commandLinesDuring, filesBelow, openToOthers, textsOf, tracesOf } from './traces.ts';

jest.setTimeout(BUSY);

let owner: Owner;
let host: ForeignHost;
/** The host before anybody came. */
let before: string;

beforeAll(async () => {
  [owner, host] = await Promise.all([newOwner(), bootForeignHost()]);
  await writeFile(join(owner.home, 'key'), host.client.privateKey, { mode: 0o600 });
  await host.run(
    'docker run --detach --name theirs --restart always tools /bin/busybox sh -c "while :; do sleep 1; done"',
  );
  before = await stateOfHost();
});

afterAll(async () => {
  await owner.remove();
  await host.remove();
});

/** All of /etc, who the host is, what its engine does, and whether that listens to others. */
function stateOfHost(): Promise<string> {
  return host.run(`cd /etc
find . -printf '%p %y %m %u:%g %l\\n' | sort
find . -type f -exec sha256sum {} + | sort -k 2
hostname
docker inspect --format '{{.Id}} {{.State.StartedAt}} {{.State.Pid}}' theirs
docker info --format '{{.LiveRestoreEnabled}} {{.LoggingDriver}}'
tr '\\0' ' ' </proc/$(pidof dockerd)/cmdline
ls /var/lib/slipway 2>&1
ss -Hltn 'sport = :${host.enginePort}'`);
}

const containerOfTheirs = () =>
  host.run("docker inspect --format '{{.Id}} {{.State.StartedAt}} {{.State.Pid}}' theirs");

interface Adoption {
  user: string;
  /** A fingerprint or a key; none at all where it is empty. */
  hostKey?: string;
  password?: string;
  more?: string[];
}

function adopt({ user, hostKey = fingerprint(host.hostKey.publicKey), password, more = [] }: Adoption) {
  const flags = {
    driver: 'generic',
    'generic-ip-address': '127.0.0.1',
    'generic-ssh-port': host.sshPort,
    'generic-engine-port': host.enginePort,
    'generic-ssh-user': user,
    'generic-ssh-key': join(owner.home, 'key'),
    ...(hostKey === '' ? {} : { 'generic-host-key': hostKey }),
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const secret = password === undefined ? [] : [`SLIPWAY_SUDO_PASSWORD=${password}`];
  return owner.run('env', ...secret, 'slipway', 'create', '--debug', ...words, ...more, 'theirs');
}

/** That it was refused in these words, and that nothing is different now, here or there. */
async function expectRefused(adoption: Adoption, ...words: string[]): Promise<void> {
  const { code, stderr } = await adopt(adoption);
  expect(code).toBe(1);
  for (const word of words) expect(stderr).toContain(word);
  expect(await owner.does('slipway', 'ls', '--json')).toBe('[]\n');
}

describe('a host is not taken over', () => {
  test('whose key nobody vouches for', async () => {
    const print = fingerprint(host.hostKey.publicKey);
    await expectRefused(
      { user: 'root', hostKey: '' },
      `Error: Nobody vouches for the key of "127.0.0.1" (${print})\n`,
      `then add --generic-host-key ${print}\n`,
    );
  });

  test('that shows another key than was said', async () => {
    const other = await generateKey('other');
    const prints = [fingerprint(other.publicKey), fingerprint(host.hostKey.publicKey)] as const;
    await expectRefused({ user: 'root', hostKey: prints[0] }, ...prints);
    await expectRefused({ user: 'root', hostKey: other.publicKey }, ...prints);
  });

  test('by a user who may not become root', async () => {
    const line = 'plain ALL=(ALL) NOPASSWD:ALL';
    await expectRefused({ user: 'plain' }, 'sudo asks for a password', line);
    await expectRefused({ user: 'plain', password: host.password }, 'sudo on "theirs" did not take the password', line);
  });

  test('with a wrong password, or with none', async () => {
    await expectRefused({ user: 'guarded' }, 'sudo asks for a password', 'Set SLIPWAY_SUDO_PASSWORD');
    await expectRefused({ user: 'guarded', password: 'guess' }, 'sudo on "theirs" did not take the password');
  });

  test('whose daemon.json cannot be understood', async () => {
    await host.run('cp -p /etc/docker/daemon.json /root/; echo "{ broken" >/etc/docker/daemon.json');
    try {
      await expectRefused({ user: 'root' }, '"/etc/docker/daemon.json" on the host cannot be understood');
      expect(await host.run('cat /etc/docker/daemon.json')).toBe('{ broken');
    } finally {
      await host.run('cp -p /root/daemon.json /etc/docker/');
    }
  });

  test('with an option that its engine does not take: that is undone, and containers go on', async () => {
    const option = '--engine-opt=default-address-pools=[{"base":"nonsense","size":1}]';
    await expectRefused(
      { user: 'root', more: [option] },
      'On "theirs" the step "start the engine" failed: ',
      'nonsense',
    );
  });

  test('and is as it was', async () => {
    expect(await stateOfHost()).toBe(before);
  });
});

describe('a host is taken over, used, and given back', () => {
  test('by a user whose sudo wants a password', async () => {
    await host.run(
      'nohup sh -c "while [ ! -e /root/seen.end ]; do cat /proc/[0-9]*/cmdline; sleep 0.5; done" >/root/seen 2>&1 &',
    );
    const here = await commandLinesDuring(() => takeOver({ user: 'guarded', password: host.password }));
    await host.run('touch /root/seen.end');
    const seen = [
      await host.run("tr '\\0' ' ' </root/seen"),
      ...here,
      ...printed,
      ...(await textsOf(await storeFiles())),
    ];
    expect(seen.join('\n')).toContain('sudo');
    expect(seen.filter((text) => text.includes(host.password))).toEqual([]);
    expect(await openToOthers(owner.store.root)).toEqual([]);
    await useAndGiveBack(host.password);
  });

  // Who needs no password takes the way of who does, without its first step.
  test.each(process.env.SLIPWAY_TEST_ALL ? ['free', 'root'] : ['root'])('by the user "%s"', async (user) => {
    await takeOver({ user });
    await useAndGiveBack();
  });
});

const printed: string[] = [];
const storeFiles = () => filesBelow(owner.store.root);

async function takeOver(adoption: Adoption): Promise<void> {
  const container = await containerOfTheirs();
  const { code, stdout, stderr } = await adopt(adoption);
  printed.push(stdout, stderr);
  if (code !== 0) throw new Error(stderr);
  expect(await containerOfTheirs()).toBe(container);
}

/** Their container stays the same through all that is done. */
async function useAndGiveBack(password = ''): Promise<void> {
  const slipway = (...words: string[]) => owner.does('env', `SLIPWAY_SUDO_PASSWORD=${password}`, 'slipway', ...words);
  const container = await containerOfTheirs();
  expect(await owner.docker('theirs', 'ps', '--format', '{{.Names}}')).toBe('theirs');
  expect(await owner.docker('theirs', 'info', '--format', '{{.Name}} {{.LoggingDriver}}')).toBe('theirs json-file');
  expect(await host.run("tr '\\0' ' ' </proc/$(pidof dockerd)/cmdline")).toContain('--shutdown-timeout 7');
  await slipway('regenerate-certs', 'theirs');
  await owner.docker('theirs', 'version');
  expect(await containerOfTheirs()).toBe(container);
  const record = await owner.record('theirs');
  await slipway('rm', '--yes', 'theirs');
  expect(await stateOfHost()).toBe(before);
  expect(await tracesOf(owner, { ...record, endpoint: undefined })).toEqual([]);
}
