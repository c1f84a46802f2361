import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { gather } from '../src/gather.ts';

function place({ most = 100, every = 50 } = {}) {
  const asked: (readonly string[])[] = [];
  const one = gather(
    async (keys) => {
      asked.push(keys);
      await delay(5);
      if (keys.includes('bad')) throw new Error('no');
      return new Map(keys.filter((key) => key !== 'gone').map((key) => [key, key.toUpperCase()]));
    },
    { most, every },
  );
  return { asked, one };
}

test('what is asked at about the same time is asked as one, each thing once', async () => {
  const { asked, one } = place();
  expect(await Promise.all([one('a'), one('b'), one('gone'), one('a')])).toEqual(['A', 'B', undefined, 'A']);
  expect(asked).toEqual([['a', 'b', 'gone']]);
});

test('what is asked meanwhile goes with the next, no sooner than told', async () => {
  const { asked, one } = place({ every: 200 });
  await one('a');
  const began = performance.now();
  expect(await Promise.all([one('a'), delay(50).then(() => one('b'))])).toEqual(['A', 'B']);
  expect(performance.now() - began).toBeGreaterThan(150);
  expect(asked).toEqual([['a'], ['a', 'b']]);
});

test('many are asked about in parts', async () => {
  const { asked, one } = place({ most: 2 });
  expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => one(key)))).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('a failure is told to all who asked, and to nobody after them', async () => {
  const { one } = place();
  await expect(Promise.allSettled([one('a'), one('bad')])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  expect(await one('a')).toBe('A');
});

test('who is interrupted does not wait; the others get their answer', async () => {
  const { one } = place();
  const controller = new AbortController();
  const given = one('a', controller.signal);
  const other = one('a');
  controller.abort();
  await expect(given).rejects.toMatchObject({ code: 'interrupted' });
  expect(await other).toBe('A');
  await expect(one('a', controller.signal)).rejects.toMatchObject({ code: 'interrupted' });
});
