import { beforeEach, expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { countsSince, makeMany, patienceIsShared } from '../many.ts';
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

patienceIsShared(
  { module: google, small: SMALL, cloud, makes: 'instances.insert' },
  {
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: 403, message: 'x', errors: [{ reason: 'rateLimitExceeded' }] } }),
  },
);
