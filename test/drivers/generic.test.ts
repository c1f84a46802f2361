import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import generic from '../../src/drivers/generic.ts';
import type { FlagValues } from '../../src/flags.ts';
import { generateKey } from '../../src/ssh/keys.ts';
import { driverContract } from './contract.ts';
import { newSite } from './site.ts';

const runFile = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'slipway-generic-'));
const key = join(folder, 'id_ed25519');
await writeFile(key, (await generateKey('generic')).privateKey, { mode: 0o600 });
afterAll(() => rm(folder, { recursive: true, force: true }));

const host = { 'generic-ip-address': '192.0.2.7', 'generic-ssh-user': 'root' };

driverContract({
  name: 'generic',
  module: generic,
  good: { ...host, 'generic-ssh-key': key },
  bad: {
    'no address': { 'generic-ip-address': undefined },
    'an empty address': { 'generic-ip-address': '' },
    'an option for an address': { 'generic-ip-address': '-oProxyCommand=id' },
    'a command in an address': { 'generic-ip-address': 'host;id' },
    'an option for a user': { 'generic-ssh-user': '-lroot' },
    'a command in a user': { 'generic-ssh-user': '$(id)' },
    'a port too high': { 'generic-ssh-port': 65536 },
    'port 0': { 'generic-engine-port': 0 },
    'a host key that is none': { 'generic-host-key': 'MD5:00' },
  },
  site: () => newSite(),
  left: async () => [],
});

describe('a host that is there already', () => {
  test('is reached as the flags say', async () => {
    const driver = await driverOf({
      ...host,
      'generic-ssh-key': key,
      'generic-ssh-port': 2222,
      'generic-engine-port': 3,
    });
    expect(await driver.endpoint({})).toEqual({
      host: '192.0.2.7',
      sshPort: 2222,
      sshUser: 'root',
      enginePort: 3,
      identity: { file: key },
    });
    expect(driver.power).toBeUndefined();
    expect(driver.hostKey).toBeUndefined();
  });

  test.each(['SHA256:uNiVztksCsDhcc0u9e8BrqmyJxl8+lXqZvHs2CjBy3o', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 root@host'])(
    'is known by the key %s',
    async (hostKey) => {
      const driver = await driverOf({ ...host, 'generic-ssh-key': key, 'generic-host-key': hostKey });
      expect(driver.hostKey).toBe(hostKey);
    },
  );

  test('needs a key that is there', async () => {
    const driver = await driverOf({ ...host, 'generic-ssh-key': join(folder, 'nowhere') });
    await expect(driver.check?.()).rejects.toMatchObject({
      code: 'bad-input',
      message: `The key "${join(folder, 'nowhere')}" cannot be read`,
    });
  });

  test('is not logged in to with a key that others can read', async () => {
    await chmod(key, 0o644);
    const driver = await driverOf({ ...host, 'generic-ssh-key': key });
    await expect(driver.check?.()).rejects.toMatchObject({ code: 'unsafe', hint: `Close it: chmod 600 ${key}` });
    await chmod(key, 0o600);
  });
});

describe('without a key of its own', () => {
  const socket = join(folder, 'agent');
  let agent = 0;

  beforeAll(async () => {
    const { stdout } = await runFile('ssh-agent', ['-s', '-a', socket]);
    agent = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  });
  afterAll(() => {
    process.kill(agent);
  });

  test('an agent without keys is no way in', async () => {
    expect(await identityWith({ SSH_AUTH_SOCK: socket })).toBe('There is no key to log in to "192.0.2.7" with');
  });

  test('an agent with a key is', async () => {
    await runFile('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    expect(await identityWith({ SSH_AUTH_SOCK: socket })).toBe('{"agent":true}');
  });

  test("one's own key is, where no agent answers", async () => {
    await mkdir(join(folder, '.ssh'), { mode: 0o700 });
    const own = join(folder, '.ssh', 'id_ed25519');
    await rename(key, own);
    expect(await identityWith({ SSH_AUTH_SOCK: join(folder, 'nobody') })).toBe(JSON.stringify({ file: own }));
  });
});

/** What the driver would log in with in this environment, or why it would not: in a process of its own. */
async function identityWith(env: Record<string, string>): Promise<string> {
  const script = `
    import generic from ${JSON.stringify(new URL('../../src/drivers/generic.ts', import.meta.url).href)};
    const driver = generic.driver({ 'generic-ip-address': '192.0.2.7' }, {});
    const told = await driver.endpoint({}).then(({ identity }) => JSON.stringify(identity), (error) => error.message);
    process.stdout.write(told);`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  const { stdout } = await runFile(process.execPath, args, { env: { ...process.env, HOME: folder, ...env } });
  return stdout;
}

async function driverOf(values: FlagValues) {
  return generic.driver(values, (await newSite({ root: folder })).site);
}
