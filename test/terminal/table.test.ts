import { expect, test } from '@jest/globals';
import { table } from '../../src/terminal/table.ts';
import { oneLine, printable } from '../../src/terminal/text.ts';

test('columns are as wide as their widest cell, and no line ends in blanks', () => {
  const text = table(
    ['NAME', 'STATE', 'ERROR'],
    [
      ['dev', 'Running', ''],
      ['a-long-name', '', 'no answer'],
    ],
  );
  expect(text.split('\n')).toEqual([
    'NAME          STATE     ERROR',
    'dev           Running',
    'a-long-name             no answer',
  ]);
});

test('without rows there are the headings', () => {
  expect(table(['NAME', 'STATE'], [])).toBe('NAME   STATE');
});

test('a cell stays one line, and cannot move the cursor', () => {
  const text = table(['NAME', 'ERROR'], [['x\x1b[2J\x9b1A', 'first\r\n  second\n\tthird\n']]);
  expect(text.split('\n')[1]).toBe('x[2J1A   first second third');
});

test('text keeps its lines and its letters, and loses what a terminal obeys', () => {
  expect(printable('Tür\n  🐳 日本\x1b]0;title\x07\b\r\x7f')).toBe('Tür\n  🐳 日本]0;title');
  expect(oneLine(' a\n\n b\t\tc ')).toBe('a b c');
});
