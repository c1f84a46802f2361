import { afterEach } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { type GoogleCloud, type Options, startCloud } from '../../clouds/google/index.ts';
import * as machines from '../machines.ts';

export type { TestMachine } from '../machines.ts';

/** The smallest machine. */
export const SMALL: FlagValues = {
  'google-project': 'slipway-test',
  'google-machine-type': 'e2-micro',
  'google-disk-size': 10,
};

/** After each test, everything is allowed. */
export function useCloud(options: Options = {}): () => GoogleCloud {
  const cloud = machines.useCloud(() => startCloud(options));
  afterEach(() => {
    cloud().granted = undefined;
  });
  return cloud;
}

export const { newMachine, withMachine } = machines.machinesOf(google, SMALL);
