import { expect, test } from '@jest/globals';
import { commandFirst, shielded, sshWords } from '../../src/terminal/remote-words.ts';

test.each([
  ['', [], undefined, []],
  ['dev', [], 'dev', []],
  ['dev df -h', [], 'dev', ['df', '-h']],
  ['dev -- df -h', [], 'dev', ['df', '-h']],
  ['--native-ssh -s /store dev ls -s x', ['--native-ssh', '-s', '/store'], 'dev', ['ls', '-s', 'x']],
  ['--storage-path=/store dev', ['--storage-path=/store'], 'dev', []],
  ['--help', ['--help'], undefined, []],
])('ssh %s', (line, own, name, command) => {
  expect(sshWords(line.split(' ').filter(Boolean))).toEqual({ own, name, command });
});

test('what is for the machine is not for us', () => {
  expect(shielded(['ssh', 'dev', 'df', '--help'])).toEqual(['ssh', 'dev', '--', 'df', '--help']);
  expect(shielded(['ssh', '--help'])).toEqual(['ssh', '--help']);
  expect(shielded(['rm', 'dev', '--help'])).toEqual(['rm', 'dev', '--help']);
});

test.each([
  ['', ''],
  ['ls -q', 'ls -q'],
  ['--version', '--version'],
  ['--debug ls -q', 'ls --debug -q'],
  ['-s /store --debug ssh dev ls -s x', 'ssh -s /store --debug dev ls -s x'],
  ['--storage-path=/store --help rm', 'rm --storage-path=/store --help'],
])('what stands before the command goes behind it: %j', (line, ordered) => {
  expect(commandFirst(line.split(' ').filter(Boolean)).join(' ')).toBe(ordered);
});
