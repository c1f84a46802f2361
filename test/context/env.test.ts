import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectShell, type Shell, shellLines, usageHint } from '../../src/context/index.ts';
import { run } from '../../src/program.ts';

const MACHINE = {
  DOCKER_TLS_VERIFY: '1',
  DOCKER_HOST: 'tcp://192.0.2.7:2376',
  DOCKER_CERT_PATH: '/home/a/.slipway/machines/dev/certs',
  DOCKER_MACHINE_NAME: 'dev',
};

const REAL: readonly (readonly [Shell, string, readonly string[]])[] = [
  ['bash', 'bash', ['--norc', '-c']],
  ['sh', 'dash', ['-c']],
  ['zsh', 'zsh', ['-f', '-c']],
  ['fish', 'fish', ['--no-config', '-c']],
  ['tcsh', 'tcsh', ['-f', '-c']],
];

const VALUES = {
  PLAIN: 'tcp://[2001:db8::1]:2376',
  EMPTY: '',
  SPACES: '  two  and\ttab  ',
  QUOTES: `"double" 'single' \`back\` “typographic”`,
  DOLLARS: '$HOME ${HOME} $(touch pwned) `touch pwned` $$ %HOME% ~ ~root',
  BACKSLASHES: 'C:\\Users\\new\\ \\\\ \\" \\$ \\',
  SIGNS: 'a!b !! !$ a;b a&b |c <d >e (f) {g,h} [i] * ? # ^ = + , %20',
  ACCENTS: 'Bücher/日本/😀',
  HYPHENS: '-n -rf --',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-env-'));
  const program = join(folder, 'slipway');
  await writeFile(program, '#!/bin/sh\ncat lines\n');
  await chmod(program, 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

/** Has a real shell carry out the line that the hint gives, where the command prints these lines; then prints a variable. */
async function carryOut(shell: Shell, variables: Record<string, string | undefined>, name: string) {
  const [, program, options] = REAL.find(([one]) => one === shell) ?? ['', '', []];
  const hostile = usageHint(shell, ['slipway', 'env', "it's $HOME `touch pwned`; touch pwned !!\ntouch pwned"]);
  const hint = usageHint(shell, ['slipway', 'env', "it's $HOME"]);
  await writeFile(join(folder, 'lines'), [...shellLines(shell, variables), ...hostile, ''].join('\n'));
  const { PATH, LANG = 'C.UTF-8' } = process.env;
  const env = { PATH: `${folder}:${PATH}`, LANG, LC_ALL: 'C.UTF-8', HOME: folder, OLD: 'there' };
  return run(program, [...options, `${typed(shell, hint[1] ?? '')}\nenv printenv -0 ${name}`], { env, cwd: folder });
}

/** What a person copies out of the comment. */
function typed(shell: Shell, comment: string): string {
  const text = comment.slice(2);
  return shell === 'tcsh' ? text.slice(1, -2).replaceAll("'\\''", "'").replaceAll('\\!', '!') : text;
}

describe.each(REAL.map(([shell]) => shell))('a real %s', (shell) => {
  test.each(Object.keys(VALUES))('is given the value of %s unchanged, though all come at once', async (name) => {
    const { stdout, stderr } = await carryOut(shell, VALUES, name);
    expect({ stdout, stderr }).toEqual({ stdout: `${VALUES[name as keyof typeof VALUES]}\0`, stderr: '' });
    expect((await run('ls', [folder])).stdout).not.toContain('pwned');
  });

  test('forgets what is unset, also what was not set', async () => {
    const { code, stdout, stderr } = await carryOut(shell, { NEVER: undefined, OLD: undefined, NEW: 'x' }, 'OLD');
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  test.each(['two\nlines', '\n\nends\n'])('takes line breaks in %j, or they are refused', async (value) => {
    if (shell === 'tcsh')
      expect(() => shellLines('tcsh', { A: value })).toThrow('tcsh cannot be given the value of "A"');
    else expect((await carryOut(shell, { A: value, B: 'x' }, 'A')).stdout).toBe(`${value}\0`);
  });
});

test.each<[Shell, string[], string[]]>([
  [
    'bash',
    [
      'export DOCKER_TLS_VERIFY="1"',
      'export DOCKER_HOST="tcp://192.0.2.7:2376"',
      'export DOCKER_CERT_PATH="/home/a/.slipway/machines/dev/certs"',
      'export DOCKER_MACHINE_NAME="dev"',
    ],
    ['# To have your shell do this, type:', '# eval "$(slipway env dev)"'],
  ],
  [
    'fish',
    [
      'set -gx DOCKER_TLS_VERIFY "1";',
      'set -gx DOCKER_HOST "tcp://192.0.2.7:2376";',
      'set -gx DOCKER_CERT_PATH "/home/a/.slipway/machines/dev/certs";',
      'set -gx DOCKER_MACHINE_NAME "dev";',
    ],
    ['# To have your shell do this, type:', '# slipway env dev | source'],
  ],
  [
    'tcsh',
    [
      'setenv DOCKER_TLS_VERIFY "1";',
      'setenv DOCKER_HOST "tcp://192.0.2.7:2376";',
      'setenv DOCKER_CERT_PATH "/home/a/.slipway/machines/dev/certs";',
      'setenv DOCKER_MACHINE_NAME "dev";',
    ],
    [": 'To have your shell do this, type:';", ': \'eval "`slipway env dev`"\';'],
  ],
  [
    'powershell',
    [
      '$Env:DOCKER_TLS_VERIFY = "1"',
      '$Env:DOCKER_HOST = "tcp://192.0.2.7:2376"',
      '$Env:DOCKER_CERT_PATH = "/home/a/.slipway/machines/dev/certs"',
      '$Env:DOCKER_MACHINE_NAME = "dev"',
    ],
    ['# To have your shell do this, type:', '# & slipway env dev | Invoke-Expression'],
  ],
  [
    'cmd',
    [
      'SET DOCKER_TLS_VERIFY=1',
      'SET DOCKER_HOST=tcp://192.0.2.7:2376',
      'SET DOCKER_CERT_PATH=/home/a/.slipway/machines/dev/certs',
      'SET DOCKER_MACHINE_NAME=dev',
    ],
    ['REM To have your shell do this, type:', `REM @FOR /f "tokens=*" %i IN ('slipway env dev') DO @%i`],
  ],
  [
    'emacs',
    [
      '(setenv "DOCKER_TLS_VERIFY" "1")',
      '(setenv "DOCKER_HOST" "tcp://192.0.2.7:2376")',
      '(setenv "DOCKER_CERT_PATH" "/home/a/.slipway/machines/dev/certs")',
      '(setenv "DOCKER_MACHINE_NAME" "dev")',
    ],
    [
      ';; To have your shell do this, type:',
      ';; (with-temp-buffer (shell-command "slipway env dev" (current-buffer)) (eval-buffer))',
    ],
  ],
])('the lines of a machine for %s', (shell, lines, hint) => {
  expect(shellLines(shell, MACHINE)).toEqual(lines);
  expect(usageHint(shell, ['slipway', 'env', 'dev'])).toEqual(hint);
});

test.each<[Shell, string, string, string]>([
  ['powershell', 'a"b`c$d “e”', '$Env:K = "a`"b``c`$d `“e`”"', 'Remove-Item Env:\\K -ErrorAction Ignore'],
  ['powershell', 'two\r\nlines', '$Env:K = "two`r`nlines"', 'Remove-Item Env:\\K -ErrorAction Ignore'],
  ['cmd', 'C:\\Users\\a b\\100% & !^', 'SET "K=C:\\Users\\a b\\100% & !^"', 'SET K='],
  ['emacs', 'C:\\a "b"', '(setenv "K" "C:\\\\a \\"b\\"")', '(setenv "K" nil)'],
])('a value for %s that needs quoting: %j', (shell, value, set, unset) => {
  expect(shellLines(shell, { K: value })).toEqual([set]);
  expect(shellLines(shell, { K: undefined })).toEqual([unset]);
});

test.each(['a"b', 'a\nb', 'a\rb'])('cmd is not given %j', (value) => {
  expect(() => shellLines('cmd', { K: value })).toThrow(expect.objectContaining({ code: 'unsupported' }));
});

test('a hint is one line and quotes the words for its shell', () => {
  expect(usageHint('bash', ['slipway', 'env', 'a\nrm -rf x'])[1]).toBe(`# eval "$(slipway env 'a rm -rf x')"`);
  expect(usageHint('powershell', ['C:\\Program Files\\slipway', "it's"])[1]).toBe(
    "# & 'C:\\Program Files\\slipway' 'it''s' | Invoke-Expression",
  );
  expect(usageHint('cmd', ['C:\\Program Files\\slipway', 'dev'])[1]).toContain(`('"C:\\Program Files\\slipway" dev')`);
});

test.each<[NodeJS.ProcessEnv, NodeJS.Platform, Shell]>([
  [{ SHELL: '/bin/bash' }, 'linux', 'bash'],
  [{ SHELL: '/usr/bin/fish' }, 'darwin', 'fish'],
  [{ SHELL: '/bin/csh' }, 'linux', 'tcsh'],
  [{ SHELL: '/usr/bin/pwsh' }, 'linux', 'powershell'],
  [{ SHELL: '/usr/bin/ksh93' }, 'linux', 'sh'],
  [{ SHELL: '/usr/bin/toString' }, 'linux', 'sh'],
  [{}, 'linux', 'sh'],
  [{ SHELL: 'C:\\Program Files\\Git\\usr\\bin\\bash.exe' }, 'win32', 'bash'],
  [{ PSModulePath: 'C:\\a;C:\\b' }, 'win32', 'cmd'],
  [{ PSModulePath: 'C:\\me;C:\\a;C:\\b' }, 'win32', 'powershell'],
  [{}, 'win32', 'cmd'],
])('%j on %s means %s', (env, platform, shell) => {
  expect(detectShell(env, platform)).toBe(shell);
});
