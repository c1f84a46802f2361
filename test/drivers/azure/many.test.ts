import { beforeEach, expect, test } from '@jest/globals';
import azure from '../../../src/drivers/azure/index.ts';
import { countsSince, makeMany } from '../many.ts';
import { azureHere, good } from './here.ts';

const cloud = await azureHere();
const MANY = 20;

beforeEach(() => {
  Object.assign(cloud.quotas, { cores: 1000, family: 1000, machines: 1000 });
});

test('twenty machines are asked about together', async () => {
  const first = cloud.calls.length;
  const began = performance.now();
  const remove = await makeMany(azure, good(cloud), MANY);
  const seconds = (performance.now() - began) / 1000;
  const calls = countsSince(cloud, first);
  expect(calls).toMatchObject({
    'PUT resourceGroups': 1,
    'PUT virtualNetworks': 1,
    'PUT networkSecurityGroups': MANY,
    'PUT publicIPAddresses': MANY,
  });
  // Asked for again where what they refer to is not ready yet.
  expect(calls['PUT virtualMachines']).toBeLessThan(2 * MANY);
  const asks = Object.entries(calls).filter(([what]) => what.startsWith('GET '));
  const asked = asks.reduce((sum, [, count]) => sum + count, 0);
  // Some for each, and then by the second: each kind of question twice in one at most, whichever machines it is about.
  expect(asked).toBeLessThan(2 * MANY + 5 * seconds);
  await remove();
});

test('when one of twenty is asked for patience, all have it', async () => {
  const sent: number[] = [];
  let opens = 0;
  cloud.intercept = ({ what }, when) => {
    if (when === 'after') return undefined;
    const now = performance.now();
    sent.push(now);
    if (what !== 'PUT virtualMachines' || opens > 0) return undefined;
    opens = now + 8000;
    const body = JSON.stringify({ error: { code: 'TooManyRequests', message: 'x' } });
    return { status: 429, headers: { 'content-type': 'application/json', 'retry-after': '8' }, body };
  };
  const remove = await makeMany(azure, good(cloud), MANY);
  expect(opens).toBeGreaterThan(0);
  expect(sent.filter((at) => at > opens - 4000 && at < opens)).toEqual([]); // before that they were on their way
  await remove();
});

test('who is asked for more patience than there is hears for how long', async () => {
  const body = JSON.stringify({ error: { code: 'TooManyRequests', message: 'x' } });
  cloud.intercept = () => ({
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after': '3600' },
    body,
  });
  await expect(makeMany(azure, good(cloud), 1)).rejects.toMatchObject({
    code: 'throttled',
    message: 'Azure takes no more requests from you for 3600 seconds',
    hint: expect.stringContaining('Try again then'),
  });
});
