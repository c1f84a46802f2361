import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { BUSY, newOwner, type Owner } from './owner.ts';

jest.setTimeout(BUSY);

let owner: Owner;
/** A file that is there as soon as anything of what is given here runs, on this computer or, by the same name, on the machine. */
let canary: string;
/** Values that must arrive as they are. */
let hostile: Record<string, string>;

beforeAll(async () => {
  const folder = 'st\'o "re" $(touch canary) `touch canary`; %h ü';
  owner = await newOwner({}, folder);
  canary = '/tmp/slipway-canary';
  hostile = {
    quotes: `it's "both"`,
    dollar: `$HOME \${HOME} $(touch ${canary}) $$`,
    backticks: `\`touch ${canary}\``,
    words: ` a  b; touch ${canary} & touch ${canary} | touch ${canary} #`,
    percent: '100% %n %h %%',
    backslash: 'C:\\new\\table\\',
    newline: `one\ntwo\nEND\n$(touch ${canary})\n`,
    unicode: 'ü ☃ 🚢 日本',
    empty: '',
  };
});

afterAll(() => owner.remove());

const given = (name: string, values: Record<string, string>) =>
  Object.entries(values).flatMap(([key, value]) => [`--${name}`, `${key}=${value}`]);

/** That nothing was made: no machine, no file, no process. */
async function expectNothing(): Promise<void> {
  expect(existsSync(canary)).toBe(false);
  expect(existsSync(join(owner.home, 'canary'))).toBe(false);
  expect(await readdir(owner.store.machines).catch(() => [])).toEqual([]);
}

describe('hostile names', () => {
  const names = () => [
    '',
    '.',
    '..',
    '../x',
    '/etc/passwd',
    '-rf',
    '--sudo',
    'a;b',
    'a b',
    'a\nb',
    'a%00b',
    `$(touch ${canary})`,
    `\`touch ${canary}\``,
    `x|touch ${canary}`,
    'x'.repeat(300),
    '🚢',
    'ä',
    'a_b',
    'a..b',
    'a.',
    '-',
  ];

  test.each(['create', 'start', 'ssh', 'env', 'use', 'inspect', 'logs', 'provision'])(
    '%s refuses them',
    async (verb) => {
      for (const name of names()) {
        const { code, stdout, stderr } = await owner.slipway(verb, name);
        expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: '' });
        expect(stderr).toMatch(/^Error: \S/);
        expect(stderr.length).toBeLessThan(500);
      }
      await expectNothing();
    },
  );

  test('rm refuses them, and removes nothing else', async () => {
    for (const name of names()) {
      expect({ name, ...(await owner.slipway('rm', '--yes', name)) }).toMatchObject({ name, code: 2, stdout: '' });
    }
    await expectNothing();
  });
});

describe('hostile values that no engine could be given', () => {
  test.each([
    ['engine-label', 'novalue'],
    ['engine-label', 'two words=x'],
    ['engine-env', '1BAD=x'],
    ['engine-env', 'A B=x'],
    ['engine-env', 'BELL=\x07'],
    ['engine-env', 'ESCAPE=\x1b[2J'],
    ['engine-registry-mirror', 'mirror.example.com'],
    ['engine-registry-mirror', 'file:///etc/passwd'],
    ['engine-registry-mirror', 'https://user:secret@mirror.example.com'],
    ['engine-registry-mirror', 'https://mirror.example.com/\nx'],
    ['engine-insecure-registry', '$(id)'],
    ['engine-insecure-registry', 'http://registry.example.com'],
    ['engine-opt', 'tlsverify=false'],
    ['engine-opt', 'hosts=["tcp://0.0.0.0:2375"]'],
    ['engine-opt', 'log-opts={broken'],
    ['engine-opt', '$(id)=x'],
    ['engine-version', '27; id'],
    ['tls-san', '$(id)'],
    ['tls-san', '-rf'],
    ['qemu-publish', '8080:80,guestfwd=tcp:10.0.2.100:1-cmd:id'],
    ['qemu-image', '../../etc/passwd'],
    ['hostname', '$(id)'],
  ])('--%s %j is refused before anything is made', async (flag, value) => {
    const { code, stdout, stderr } = await owner.slipway('create', `--${flag}=${value}`, 'dev');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error: \S/m);
    expect(stderr).not.toContain('\x1b[2J');
    await expectNothing();
  });
});

describe('hostile values arrive as they are', () => {
  const logOption = () => Object.values(hostile).join(' ');

  beforeAll(async () => {
    const words = [
      ...given('engine-label', hostile),
      ...given('engine-env', hostile),
      ...['--engine-registry-mirror', 'https://mirror.example.com/'],
      ...['--engine-insecure-registry', 'registry.example.com:5000', '--engine-insecure-registry', '10.0.0.0/8'],
      ...['--engine-opt', `log-opt=labels=${logOption()}`, '--engine-opt', 'shutdown-timeout=11'],
    ];
    await owner.does('slipway', 'create', ...words, 'dev');
    await owner.buildTools('dev');
  });

  const info = async (what: string) => JSON.parse(await owner.docker('dev', 'info', '--format', `{{json .${what}}}`));

  test('labels, mirrors and registries in the running engine', async () => {
    const labels = Object.entries(hostile).map(([name, value]) => `${name}=${value}`);
    expect((await info('Labels')).sort()).toEqual(labels.sort()); // the engine keeps them in no order
    expect(await info('RegistryConfig.Mirrors')).toEqual(['https://mirror.example.com/']);
    expect(await info('RegistryConfig.InsecureRegistryCIDRs')).toContain('10.0.0.0/8');
    expect(await info('RegistryConfig.IndexConfigs')).toHaveProperty(['registry.example.com:5000', 'Secure'], false);
  });

  test('variables in the environment of dockerd', async () => {
    const environ = await owner.does('slipway', 'ssh', 'dev', 'sudo cat /proc/$(pidof dockerd)/environ');
    expect(environ.split('\0')).toEqual(
      expect.arrayContaining(Object.entries(hostile).map(([name, value]) => `${name}=${value}`)),
    );
  });

  test('options in what containers get', async () => {
    const id = await owner.docker('dev', 'create', 'tools', 'true');
    const options = JSON.parse(
      await owner.docker('dev', 'inspect', '--format', '{{json .HostConfig.LogConfig.Config}}', id),
    );
    expect(options).toEqual({ labels: logOption() });
    expect(await info('LiveRestoreEnabled')).toBe(true);
  });

  test('words behind ssh, and paths for scp', async () => {
    for (const value of Object.values(hostile)) {
      const quoted = `'${value.replaceAll("'", `'\\''`)}'`;
      expect(await owner.does('slipway', 'ssh', 'dev', 'printf', '%s', quoted)).toBe(value);
    }
    const path = join(owner.home, `it's $(touch canary) ü.txt`);
    await owner.does('cp', '/etc/hostname', path);
    await owner.does('slipway', 'scp', path, 'dev:');
    expect(await owner.does('slipway', 'ssh', 'dev', 'ls')).toBe(`it's $(touch canary) ü.txt\n`);
  });

  test('the folder of the store in what shells read', async () => {
    for (const shell of ['bash', 'zsh']) {
      const script = `eval "$(slipway env --shell ${shell} dev)" && docker info --format '{{.Name}}'`;
      expect(await owner.does(shell, '-c', script)).toBe('dev\n');
    }
  });

  test('and nothing of it ran, here or there', async () => {
    expect(await owner.does('slipway', 'ssh', 'dev', `sudo find / -xdev -name '*canary' -not -name '*touch*'`)).toBe(
      '',
    );
    expect(existsSync(canary)).toBe(false);
    expect(existsSync(join(owner.home, 'canary'))).toBe(false);
    expect(existsSync('canary')).toBe(false);
  });
});
