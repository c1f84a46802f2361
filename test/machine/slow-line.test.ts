import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Relay, startRelay } from '../../bench/relay.ts';
import { sharedLock } from '../../src/machine/work.ts';
import { waitFor } from '../../src/poll.ts';
import { output } from '../../src/program.ts';
import { fingerprint, generateKey } from '../../src/ssh/index.ts';
import { withLock } from '../../src/store/lock.ts';
import { newUser, type User } from '../commands/cli.ts';
import { type EngineHost, startEngineHost } from '../hosts/engine-host.ts';

/** In milliseconds: long enough that the packets of one side do not cross those of the other. */
const ROUND_TRIP = 100;

let user: User;
let host: EngineHost;
let ssh: Relay;
let engine: Relay;

beforeEach(async () => {
  [user, host] = await Promise.all([newUser(), startEngineHost()]);
  ssh = await startRelay(() => host.sshd.port, ROUND_TRIP);
  engine = await startRelay(host.enginePort, ROUND_TRIP);
});

afterEach(async () => {
  await ssh.close();
  await engine.close();
  await host.remove();
  await user.remove();
});

function create(hostKey: string) {
  const flags = {
    driver: 'generic',
    'generic-ip-address': '127.0.0.1',
    'generic-ssh-port': ssh.port,
    'generic-engine-port': engine.port,
    'generic-ssh-user': host.sshd.user,
    'generic-ssh-key': host.key,
    'generic-host-key': hostKey,
  };
  return user.slipway(
    'create',
    '--quiet',
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    'dev',
  );
}

const logins = () => host.sshd.log().match(/Accepted publickey/g)?.length ?? 0;

test('a host that runs an engine is taken over in one SSH connection and 15 round trips', async () => {
  const before = host.manifest();
  expect(await create(fingerprint(host.sshd.hostKey))).toMatchObject({ code: 0, stderr: '' });
  expect([ssh.connections(), logins(), engine.connections()]).toEqual([1, 1, 1]);
  expect(ssh.roundTrips() + engine.roundTrips()).toBeLessThanOrEqual(15);

  const { hostKeys } = JSON.parse((await user.slipway('inspect', 'dev')).stdout);
  expect(hostKeys).toEqual([host.sshd.hostKey.split(' ').slice(0, 2).join(' ')]);
  expect(await user.slipway('rm', '--yes', '--quiet', 'dev')).toMatchObject({ code: 0, stderr: '' });
  expect(host.manifest()).toEqual(before);
});

test('the host is asked while the keys of a new store are made', async () => {
  const held = await withLock(user.store.locks, sharedLock('authority'), async () => {
    const making = create(fingerprint(host.sshd.hostKey));
    const isLoggedIn = async () => logins() > 0 || undefined;
    await waitFor({ what: 'a log-in', limit: 60_000 }, isLoggedIn);
    return { making };
  });
  expect(await held.making).toMatchObject({ code: 0, stderr: '' });
  expect([ssh.connections(), logins()]).toEqual([1, 1]);
});

test('its key may be named by the fingerprint of another than it shows first; any else lets nobody in', async () => {
  const rsa = join(user.home, 'rsa');
  await output('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', '', '-f', rsa]);
  await host.show(await readFile(rsa, 'utf8'));
  const line = (await readFile(`${rsa}.pub`, 'utf8')).trim();
  const before = host.manifest();

  const foreign = fingerprint((await generateKey('other')).publicKey);
  const refused = await create(foreign);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`expected ${foreign}, shown SHA256:`) });
  expect(refused.stderr).toContain('nothing was sent to it');
  expect([logins(), host.manifest()]).toEqual([0, before]);

  expect(await create(fingerprint(line))).toMatchObject({ code: 0, stderr: '' });
  expect(logins()).toBe(1);
  const { hostKeys } = JSON.parse((await user.slipway('inspect', 'dev')).stdout);
  expect(hostKeys).toEqual([line]);
});
