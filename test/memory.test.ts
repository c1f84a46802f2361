import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { newMemory } from '../src/memory.ts';

test('what is asked alike is asked once, be the answer there or on its way', async () => {
  const memory = newMemory();
  let asked = 0;
  const ask = async () => {
    await delay(5);
    return ++asked;
  };
  expect(await Promise.all([memory.recall('a', ask), memory.recall('a', ask)])).toEqual([1, 1]);
  expect(await memory.recall('a', ask)).toBe(1);
  expect(await memory.recall('b', ask)).toBe(2);
});

test('what failed is asked again', async () => {
  const memory = newMemory();
  await expect(memory.recall('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await memory.recall('a', async () => 'yes')).toBe('yes');
});

test('what is good for a while is asked again after it', async () => {
  const memory = newMemory();
  let asked = 0;
  const recall = () => memory.recall('a', async () => ++asked, 30);
  expect([await recall(), await recall()]).toEqual([1, 1]);
  await delay(40);
  expect(await recall()).toBe(2);
});
