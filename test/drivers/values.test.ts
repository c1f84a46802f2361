import { expect, test } from '@jest/globals';
import { checked, choices, integer, list, optional, text } from '../../src/drivers/values.ts';

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

test('what is to be tried in its order is at least one thing, and the usual one where nothing is said', () => {
  expect(choices({ flag: 'b, a' }, 'flag', 'c')).toEqual(['b', 'a']);
  expect(choices({}, 'flag', 'c,d')).toEqual(['c', 'd']);
  expect(() => choices({ flag: ' , ' }, 'flag', 'c')).toThrow('--flag names nothing');
});

test('a name has the form of one', () => {
  expect(checked('zone', 'a-1', /^[a-z]-\d$/)).toBe('a-1');
  expect(() => checked('zone', 'a;1', /^[a-z]-\d$/)).toThrow('"a;1" is no name of a zone');
  expect(() => checked('image', '', /./)).toThrow('"" is no name of an image');
});

test('what was not given is no setting', () => {
  expect(optional({ flag: 'a' }, 'key', 'flag', /^a$/)).toEqual({ key: 'a' });
  expect(optional({}, 'key', 'flag', /^a$/)).toEqual({});
  expect(() => optional({ flag: 'b' }, 'key', 'flag', /^a$/)).toThrow('--flag does not take "b"');
});
