import { beforeEach, expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { countsSince, makeMany } from '../many.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();
const MANY = 20;

beforeEach(() => {
  for (const metric of Object.keys(cloud().quotas)) cloud().quotas[metric] = 10_000;
});

test('twenty machines are asked about together', async () => {
  const first = cloud().calls.length;
  const began = performance.now();
  const remove = await makeMany(google, SMALL, MANY);
  const seconds = (performance.now() - began) / 1000;
  const { 'instances.insert': instances, 'firewalls.insert': rules, ...asked } = countsSince(cloud(), first);
  expect({ instances, rules }).toEqual({ instances: MANY, rules: MANY + 1 }); // the guard is shared
  expect(asked).toMatchObject({ 'machineTypes.get': 1, 'zones.get': 1, 'regions.get': 1 });
  const asks = Object.values(asked).reduce((sum, each) => sum + each, 0);
  // Some for each, and then by the second: each kind of question twice in one at most, whichever machines it is about.
  expect(asks).toBeLessThan(2 * MANY + 7 * seconds);
  await remove();
});

test('when one of twenty is asked for patience, all have it', async () => {
  const sent: number[] = [];
  let opens = 0;
  cloud().intercept = ({ what }, when) => {
    if (when === 'after') return undefined;
    const now = performance.now();
    sent.push(now);
    if (what !== 'instances.insert' || opens > 0) return undefined;
    opens = now + 8000;
    const body = JSON.stringify({ error: { code: 403, message: 'x', errors: [{ reason: 'rateLimitExceeded' }] } });
    return { status: 403, headers: { 'content-type': 'application/json', 'retry-after': '8' }, body };
  };
  const remove = await makeMany(google, SMALL, MANY);
  expect(opens).toBeGreaterThan(0);
  expect(sent.filter((at) => at > opens - 4000 && at < opens)).toEqual([]); // before that they were on their way
  await remove();
});
