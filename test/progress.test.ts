import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { SlipwayError } from '../src/errors.ts';
import { type ProgressEvent, teller } from '../src/progress.ts';

test('a stage is told from its start to its end, with what it noted between', async () => {
  const events: ProgressEvent[] = [];
  const tell = teller('dev', (event) => events.push(event));
  const result = await tell.stage('choose an image', async (note, at) => {
    at('looking');
    note('"debian-12" is in the cache');
    await delay(120);
    return 7;
  });
  expect(result).toBe(7);
  const common = { machine: 'dev', stage: 'choose an image' };
  expect(events).toEqual([
    { ...common, state: 'started' },
    { ...common, state: 'at', detail: 'looking' },
    { ...common, state: 'note', detail: '"debian-12" is in the cache' },
    { ...common, state: 'done', seconds: expect.any(Number) },
  ]);
  expect(events[3]?.seconds).toBeGreaterThan(0.1);
});

test('a stage that fails says why, and the error goes on', async () => {
  const events: ProgressEvent[] = [];
  const error = new SlipwayError('timeout', 'Waited 9 s for SSH', { cause: new Error('connection refused') });
  const work = teller('dev', (event) => events.push(event)).stage('wait for SSH', () => Promise.reject(error));
  await expect(work).rejects.toBe(error);
  expect(events.at(-1)).toMatchObject({ state: 'failed', detail: 'Waited 9 s for SSH: connection refused' });
});
