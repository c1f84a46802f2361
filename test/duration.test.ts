import { expect, test } from '@jest/globals';
import { durationText, seconds } from '../src/duration.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  ['2h', 7200],
  ['3d', 259_200],
  ['1h30m', 5400],
  ['1d12h', 129_600],
  ['2H', 7200],
  ['3650d', 315_360_000],
])('%s are %d seconds', (text, expected) => {
  expect(seconds(text)).toBe(expected);
});

test.each([
  '',
  ' ',
  '0s',
  '0h0m',
  '2',
  '-1h',
  '1.5h',
  '30m1h',
  '1h1h',
  '1w',
  '3651d',
  '999999999d',
  '1h; reboot',
  '1 h',
])('"%s" is no length of time', (text) => {
  expect(() => seconds(text)).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59.9, '59s'],
  [90, '1m30s'],
  [3600, '1h'],
  [3605, '1h'],
  [5400, '1h30m'],
  [86_400 + 4 * 3600 + 59, '1d4h'],
])('%d seconds read as %s', (total, expected) => {
  expect(durationText(total)).toBe(expected);
});
