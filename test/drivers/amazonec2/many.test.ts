import { expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { awsError } from '../../clouds/amazonec2/index.ts';
import { makeMany } from '../many.ts';
import { small, withAccount } from './account.ts';

const cloud = withAccount();
const MANY = 20;
const patient = { ...small, 'amazonec2-retries': 5 };

test('when one of twenty is asked for patience, all have it', async () => {
  const sent: number[] = [];
  let opens = 0;
  cloud().intercept = ({ what }, when) => {
    if (when === 'after') return undefined;
    const now = performance.now();
    sent.push(now);
    if (what !== 'RunInstances' || opens > 0) return undefined;
    opens = now + 8000;
    return awsError('RequestLimitExceeded', { status: 503, headers: { 'Retry-After': '8' } });
  };
  const remove = await makeMany(amazonec2, patient, MANY);
  expect(opens).toBeGreaterThan(0);
  expect(sent.filter((at) => at > opens - 4000 && at < opens)).toEqual([]); // before that they were on their way
  await remove();
});

test('a limit that does not say how long to wait is found out', async () => {
  let tokens = 5;
  const timer = setInterval(() => {
    tokens = Math.min(tokens + 1, 5);
  }, 200);
  let refused = 0;
  cloud().intercept = ({ what }, when) => {
    if (when === 'after' || what !== 'RunInstances' || tokens-- > 0) return undefined;
    tokens = 0;
    refused++;
    return awsError('RequestLimitExceeded', { status: 503 });
  };
  const remove = await makeMany(amazonec2, patient, MANY);
  clearInterval(timer);
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(2 * MANY);
  await remove();
});
