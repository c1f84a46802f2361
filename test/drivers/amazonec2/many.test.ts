import { expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { awsError } from '../../clouds/amazonec2/index.ts';
import { makeMany, patienceIsShared } from '../many.ts';
import { small, withAccount } from './account.ts';

const cloud = withAccount();
const MANY = 20;
const patient = { ...small, 'amazonec2-retries': 5 };

patienceIsShared(
  { module: amazonec2, small: patient, cloud, makes: 'RunInstances' },
  awsError('RequestLimitExceeded', { status: 503 }),
);

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
