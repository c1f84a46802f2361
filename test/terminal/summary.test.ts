import { expect, test } from '@jest/globals';
import { grouped, summaryOf } from '../../src/terminal/summary.ts';

test('the summary says how many are ready, which failed, and of which something is left', () => {
  const created = [
    { name: 'web-1', machine: {} },
    { name: 'web-2', machine: {} },
    { name: 'web-3', machine: {} },
    { name: 'web-4', error: new Error('no'), left: true as const },
    { name: 'web-5', error: new Error('no') },
    { name: 'web-6' },
  ];
  expect(summaryOf(created.slice(0, 3), 93.4)).toBe('3 of 3 machines are ready, after 93 s: "web-1" … "web-3".');
  expect(summaryOf(created, 7)).toBe(
    '3 of 6 machines are ready, after 7 s: "web-1" … "web-3".\n' +
      '2 failed: "web-4", "web-5".\n' +
      'Something is left of "web-4": slipway rm web-4',
  );
  expect(summaryOf(created.slice(4), 7)).toBe('0 of 2 machines are ready, after 7 s.\n1 failed: "web-5".');
});

test('what is the same but for the name is told once', () => {
  const texts = [
    { name: 'web-1', text: 'Error: "web-1" is late' },
    { name: 'web-2', text: 'Error: "web-2" is late' },
    { name: 'web-3', text: 'Error: no more room' },
    { name: 'web-4', text: 'Error: "web-4" is late' },
  ];
  expect(grouped(texts)).toEqual([
    'Error: "web-1" is late\n  The same of "web-2", "web-4".',
    'Error: no more room\n  That is "web-3".',
  ]);
});
