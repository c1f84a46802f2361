import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from '../../src/certs/index.ts';
import { driverNames } from '../../src/drivers/index.ts';
import { currentAuthority } from '../../src/machine/authority.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { newUser, type User } from './cli.ts';

let user: User;
let engine: Running;

/** Two machines: "dev", whose engine answers, and "six", which is elsewhere and off. */
beforeAll(async () => {
  user = await newUser();
  const { ca } = await currentAuthority({ store: user.store, env: user.env, report: () => undefined });
  engine = await startEngine(await createServer(ca, ['127.0.0.1']), ca.cert);
  const endpoint = { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: engine.port };
  await user.addReady('dev', { endpoint });
  await user.addReady('six', { endpoint: { ...endpoint, host: '2001:db8::7', enginePort: 2376 } });
});

afterAll(async () => {
  await engine.close();
  await user.remove();
});

/** Standard output of a command that succeeds and says nothing else. */
async function answer(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await user.slipway(...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const url = () => `tcp://127.0.0.1:${engine.port}`;
const certs = () => user.store.machine('dev').certs;

test('ip and url, one line a machine, in the order of the names', async () => {
  expect(await answer('ip', 'six', 'dev')).toBe('2001:db8::7\n127.0.0.1\n');
  expect(await answer('url', '--all')).toBe(`${url()}\ntcp://[2001:db8::7]:2376\n`);
});

test('inspect prints the record', async () => {
  expect(JSON.parse(await answer('inspect', 'dev'))).toMatchObject({
    version: 1,
    name: 'dev',
    driver: 'generic',
    endpoint: { host: '127.0.0.1', enginePort: engine.port },
  });
});

test('config prints flags with which docker reaches the engine', async () => {
  const script = 'docker $(slipway config dev) version --format "{{.Server.Version}}"';
  expect(await user.run('bash', '-c', script)).toEqual({ code: 0, stdout: '28.2.2\n', stderr: '' });
  expect(JSON.parse(await answer('config', '--json', 'dev'))).toEqual({
    host: url(),
    tlsverify: true,
    tlscacert: `${certs()}/ca.pem`,
    tlscert: `${certs()}/cert.pem`,
    tlskey: `${certs()}/key.pem`,
  });
});

test('status, version and ls ask the engine', async () => {
  expect(await answer('status', 'dev')).toBe('Running\n');
  expect(await answer('version', 'dev')).toBe('28.2.2\n');
  expect(JSON.parse(await answer('version', '--json'))).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  const row = (await answer('ls', '--timeout', '30')).split('\n')[1];
  expect(row).toMatch(new RegExp(`^dev +- +generic +Running +${url()} +28\\.2\\.2 +until \\d{4}-\\d\\d-\\d\\d$`));
});

test('what cannot be answered for one is an error, and the other is answered', async () => {
  const { code, stdout, stderr } = await user.slipway('ip', 'nope', 'dev');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '127.0.0.1\n' });
  expect(stderr).toMatch(/^Error: There is no machine "nope"\n/);
});

test('use switches the docker client, active says to which machine, and ls marks it', async () => {
  expect(await answer('use', 'dev')).toBe('docker talks to "dev" now (context "dev").\n');
  expect((await user.run('docker', 'context', 'show')).stdout).toBe('dev\n');
  expect((await user.run('docker', 'version', '--format', '{{.Server.Version}}')).stdout).toBe('28.2.2\n');
  expect(await answer('active')).toBe('dev\n');
  expect(await answer('ls', '--timeout', '30')).toMatch(/^dev +\* /m);
  const overridden = await user.run('env', `DOCKER_HOST=tcp://[2001:db8::7]:2376`, 'slipway', 'active');
  expect(overridden.stdout).toBe('six\n');
  const warned = await user.run('env', 'DOCKER_HOST=unix:///x', 'slipway', 'use', 'dev');
  expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('unset DOCKER_HOST') });
});

describe('env', () => {
  const variables = () => `1|${url()}|${certs()}|dev`;
  const show = 'printf "%s|%s|%s|%s\\n" "$DOCKER_TLS_VERIFY" "$DOCKER_HOST" "$DOCKER_CERT_PATH" "$DOCKER_MACHINE_NAME"';
  const showDefined = 'env | grep -c "^DOCKER_[THM]"';

  const shells = [
    ['bash', 'eval "$(slipway env dev)"', 'eval "$(slipway env -u)"'],
    ['zsh', 'eval "$(slipway env dev)"', 'eval "$(slipway env -u)"'],
    ['sh', 'eval "$(slipway env --shell sh dev)"', 'eval "$(slipway env --shell sh -u)"'],
    ['fish', 'slipway env dev | source', 'slipway env -u | source'],
    ['tcsh', 'eval "`slipway env dev`"', 'eval "`slipway env -u`"'],
  ] as const;

  test('points the client of each shell at the machine, and away again', async () => {
    const answers = shells.map(([shell, set, unset]) => {
      const flags = shell === 'tcsh' ? ['-f'] : [];
      const script = [set, show, unset, showDefined].join('\n');
      return user.run('env', `SHELL=/bin/${shell}`, shell, ...flags, '-c', script);
    });
    const told = (await Promise.all(answers)).map(({ stdout, stderr }, n) => [shells[n]?.[0], stdout, stderr]);
    expect(told).toEqual(shells.map(([shell]) => [shell, `${variables()}\n0\n`, '']));
  });

  test('--json and --no-proxy', async () => {
    const { stdout } = await user.run('env', 'no_proxy=a,b', 'slipway', 'env', '--json', '--no-proxy', 'dev');
    expect(JSON.parse(stdout)).toEqual({
      DOCKER_TLS_VERIFY: '1',
      DOCKER_HOST: url(),
      DOCKER_CERT_PATH: certs(),
      DOCKER_MACHINE_NAME: 'dev',
      no_proxy: 'a,b,127.0.0.1',
    });
  });
});

test('drivers lists the places, and the flags of one', async () => {
  const lines = (await answer('drivers')).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^NAME +SHORT +WHAT IT DOES$/);
  expect(lines.slice(1).map((line) => /^(\w+) +\S/.exec(line)?.[1])).toEqual(driverNames);
  expect(lines).toContainEqual(expect.stringMatching(/^amazonec2 +aws +\S/));
  expect(await answer('drivers', 'aws')).toBe(await answer('drivers', 'amazonec2'));
  expect(await answer('drivers', 'qemu')).toMatch(/^--qemu-memory +SLIPWAY_QEMU_MEMORY +2048 +\S/m);
  expect(JSON.parse(await answer('drivers', '--json'))).toMatchObject(driverNames.map((name) => ({ name })));
  expect(JSON.parse(await answer('drivers', '--json', 'qemu'))).toMatchObject({ 'qemu-memory': { kind: 'integer' } });
});

test('logs of a machine that has none yet', async () => {
  expect(await answer('logs', 'dev')).toBe('==> console <==\nThere is none.\n==> provision <==\nThere is none.\n');
  expect(JSON.parse(await answer('logs', '--json', 'dev'))).toEqual({});
});

test('a machine that was not finished is not offered to docker', async () => {
  await user.add('half', { phase: 'creating' });
  const refusal = {
    code: 1,
    stdout: '',
    stderr: 'Error: "half" was not finished\n  slipway ls shows its state; slipway rm half removes what is left.\n',
  };
  const lines = [
    ['env', 'half'],
    ['config', 'half'],
    ['use', 'half'],
  ];
  expect(await user.slipways(lines)).toEqual([refusal, refusal, refusal]);
  expect(await answer('status', 'half')).toBe('Interrupted\n');
  expect(await answer('rm', '--yes', 'half')).toBe('"half" is removed.\n');
});
