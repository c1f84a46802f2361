import { expect, test } from '@jest/globals';
import { machineName } from '../../src/store/name.ts';

test.each(['dev', 'a', 'web-1', 'Web.example.org', '0', 'x'.repeat(63)])('%j can be a name', (name) => {
  expect(machineName(name)).toBe(name);
});

test.each([
  '',
  '.',
  '..',
  '../x',
  'a/b',
  'a\\b',
  '-rf',
  'a-',
  'a..b',
  '.hidden',
  'a;b',
  '$(id)',
  '`id`',
  'a b',
  'a\nb',
  'a\0b',
  "a'b",
  'ä',
  '🐳',
  'a_b',
  'x'.repeat(64),
  'x'.repeat(300),
])('%j cannot be a name', (name) => {
  expect(() => machineName(name)).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('cannot be the name of a machine') }),
  );
});
