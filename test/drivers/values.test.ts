import { expect, test } from '@jest/globals';
import { integer, list, text } from '../../src/drivers/values.ts';

test('a text that is empty was not given', () => {
  expect(text({ flag: 'word' }, 'flag')).toBe('word');
  expect(text({ flag: '' }, 'flag')).toBeUndefined();
  expect(() => text({ flag: 3 }, 'flag')).toThrow('--flag takes one word, not "3"');
});

test('a number keeps within its bounds', () => {
  const bounds = { least: 1, most: 9 };
  expect(integer({ flag: 9 }, 'flag', bounds)).toBe(9);
  expect(integer({}, 'flag', bounds)).toBeUndefined();
  for (const flag of [0, 10, 1.5, Number.NaN, '3']) {
    expect(() => integer({ flag }, 'flag', bounds)).toThrow(`--flag takes a number from 1 to 9, not "${flag}"`);
  }
});

test('a list is given word by word, or in one variable', () => {
  expect(list({ flag: ['a b', 'c'] }, 'flag')).toEqual(['a b', 'c']);
  expect(list({ flag: '8080:80, 53:53/udp' }, 'flag')).toEqual(['8080:80', '53:53/udp']);
  expect(list({}, 'flag')).toEqual([]);
  expect(() => list({ flag: true }, 'flag')).toThrow('--flag takes a list, not "true"');
});
