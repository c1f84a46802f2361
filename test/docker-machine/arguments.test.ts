import { describe, expect, test } from '@jest/globals';
import { type OldFlag, readArguments } from '../../src/docker-machine/arguments.ts';
import { UsageError } from '../../src/docker-machine/errors.ts';

const FLAGS: readonly OldFlag[] = [
  { names: ['force', 'f'], kind: 'bool', env: 'FORCE', summary: '' },
  { names: ['shell'], kind: 'string', env: 'THE_SHELL', default: 'bash', summary: '' },
  { names: ['timeout', 't'], kind: 'int', env: 'TIMEOUT', default: 10, summary: '' },
  { names: ['label'], kind: 'slice', env: 'LABELS', summary: '' },
];

const PRESET = { force: false, shell: 'bash', timeout: 10, label: undefined };

function read(line: string, env: NodeJS.ProcessEnv = {}, first = false) {
  const { flags, words } = readArguments(line.split(' ').filter(Boolean), FLAGS, env, first);
  return { flags, words };
}

describe('flags', () => {
  test.each([
    ['', {}, []],
    ['a b', {}, ['a', 'b']],
    ['--force a', { force: true }, ['a']],
    ['-force a', { force: true }, ['a']],
    ['a -f', { force: true }, ['a']],
    ['a --f b', { force: true }, ['a', 'b']],
    ['--force=false a', { force: false }, ['a']],
    ['-f=0', { force: false }, []],
    ['--shell fish', { shell: 'fish' }, []],
    ['-shell=fish', { shell: 'fish' }, []],
    ['--shell=', { shell: '' }, []],
    ['--shell -f', { shell: '-f' }, []],
    ['-t 5', { timeout: 5 }, []],
    ['-t 0x10 -t=20', { timeout: 20 }, []],
    ['-t 010', { timeout: 8 }, []],
    ['-t -3', { timeout: -3 }, []],
    ['--label a=b --label c,d x', { label: ['a=b', 'c,d'] }, ['x']],
    ['-- --force a', {}, ['--force', 'a']],
    ['a -- -f', {}, ['a', '-f']],
    ['- a', {}, ['-', 'a']],
  ])('%s', (line, flags, words) => {
    expect(read(line)).toEqual({ flags: { ...PRESET, ...flags }, words });
  });

  test('before a command, the first word ends them', () => {
    expect(read('-f create --shell x', {}, true)).toEqual({
      flags: { ...PRESET, force: true },
      words: ['create', '--shell', 'x'],
    });
  });
});

describe('the environment', () => {
  test.each([
    [
      { THE_SHELL: 'zsh', TIMEOUT: '3', FORCE: 'T', LABELS: 'a, b' },
      '',
      { shell: 'zsh', timeout: 3, force: true, label: ['a', 'b'] },
    ],
    [{ THE_SHELL: '', TIMEOUT: '', FORCE: '' }, '', {}],
    [{ TIMEOUT: 'soon', FORCE: 'yes' }, '', {}],
    [{ THE_SHELL: 'zsh', TIMEOUT: '3' }, '--shell fish -t 4', { shell: 'fish', timeout: 4 }],
    [{ FORCE: '1' }, '--force=false', { force: false }],
    [{ LABELS: 'a' }, '--label b', { label: ['a', 'b'] }],
  ])('%j %s', (env, line, flags) => {
    expect(read(line, env).flags).toEqual({ ...PRESET, ...flags });
  });
});

test.each([
  ['--nope', 'flag provided but not defined: -nope'],
  ['-x=1', 'flag provided but not defined: -x'],
  ['-ft', 'flag provided but not defined: -ft'],
  ['--shell', 'flag needs an argument: -shell'],
  ['-t soon', 'invalid value "soon" for flag -t: parse error'],
  ['--force=maybe', 'invalid boolean value "maybe" for -force: parse error'],
])('%s is refused', (line, message) => {
  expect(() => read(line)).toThrow(new UsageError(message, true));
});
