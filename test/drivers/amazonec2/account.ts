import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { FlagValues } from '../../../src/flags.ts';
import { type Ec2Cloud, startCloud } from '../../clouds/amazonec2/index.ts';

/** An account with its API, for the tests of one file. Each test fails if a request was not as EC2 wants it. */
export function withAccount(): () => Ec2Cloud {
  let cloud: Ec2Cloud | undefined;
  beforeAll(async () => {
    cloud = await startCloud();
    Object.assign(process.env, cloud.env);
  }, 60_000);
  afterEach(() => {
    expect(cloud?.complaints).toEqual([]);
    if (cloud) cloud.intercept = () => undefined;
  });
  afterAll(() => cloud?.close());
  return () => {
    if (!cloud) throw new Error('The account is there only while tests run');
    return cloud;
  };
}

/** The smallest machine. */
export const small: FlagValues = {
  'amazonec2-instance-type': 't3.micro',
  'amazonec2-zone': 'a',
  'amazonec2-retries': 0,
};
