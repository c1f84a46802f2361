import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';
import { quote, quoteAll } from '../../src/ssh/index.ts';

const MARK = '/tmp/slipway-quote-ran';

const NASTY = [
  '',
  ' ',
  "'",
  "''",
  "'\\''",
  '"',
  '\\',
  '\\\\',
  'a b',
  '-n',
  '--',
  '$HOME',
  '${HOME}',
  `$(touch ${MARK})`,
  `\`touch ${MARK}\``,
  `'; touch ${MARK}; '`,
  `\n touch ${MARK}\n`,
  `| touch ${MARK}`,
  `&& touch ${MARK}`,
  `\r\ntouch ${MARK}`,
  '*',
  '~',
  '!!',
  '#no comment',
  '%s%d',
  'ünïcödé 🐳',
  '\u0001\u001b[31m\u007f',
  '../../etc/passwd',
  'x'.repeat(20_000),
];

describe.each(['sh', 'bash'])('in %s a quoted word', (shell) => {
  test('arrives unchanged, whatever it holds, and nothing runs', async () => {
    const printed = await output(shell, ['-c', `printf '%s\\0' ${quoteAll(NASTY)}`]);
    expect(printed.split('\0').slice(0, -1)).toEqual(NASTY);
    expect(existsSync(MARK)).toBe(false);
  });

  test('made of any characters arrives unchanged', async () => {
    const words = Array.from({ length: 300 }, anyWord);
    const printed = await output(shell, ['-c', `printf '%s\\0' ${quoteAll(words)}`]);
    expect(printed.split('\0').slice(0, -1)).toEqual(words);
  });

  test('may be quoted again, for a shell in the shell', async () => {
    const inner = `sh -c ${quote(`printf %s ${quote("it's $HOME")}`)}`;
    expect(await output(shell, ['-c', `sh -c ${quote(inner)}`])).toBe("it's $HOME");
  });
});

test('a word with a NUL, which no program can be given, is refused', () => {
  expect(() => quote('a\0b')).toThrow('NUL');
});

function anyWord(): string {
  const length = Math.floor(Math.random() * 12);
  return Array.from({ length }, () => String.fromCharCode(1 + Math.floor(Math.random() * 300))).join('');
}
