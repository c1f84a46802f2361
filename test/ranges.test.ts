import { expect, test } from '@jest/globals';
import { inRanges } from '../src/ranges.ts';

test.each([
  [[], ''],
  [['dev'], '"dev"'],
  [['web-1', 'web-2'], '"web-1", "web-2"'],
  [['web-1', 'web-2', 'web-3'], '"web-1" … "web-3"'],
  [['db', 'web-8', 'web-9', 'web-10', 'web-12'], '"db", "web-8" … "web-10", "web-12"'],
  [['a08', 'a09', 'a10'], '"a08", "a09", "a10"'],
  [['1', '2', '3'], '"1" … "3"'],
])('%j is told as %s', (names, text) => {
  expect(inRanges(names)).toBe(text);
});
