import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Driver, Ingress, Made, Site } from '../../../src/drivers/driver.ts';
import google from '../../../src/drivers/google/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { type GoogleCloud, type Options, startCloud } from '../../clouds/google/index.ts';
import { newSite, type TestSite } from '../site.ts';

/** The smallest machine. */
export const SMALL: FlagValues = {
  'google-project': 'slipway-test',
  'google-machine-type': 'e2-micro',
  'google-disk-size': 10,
};

/** A cloud for the tests of one file, with this process's environment pointing to it; each test ends without complaints. */
export function useCloud(options: Options = {}): () => GoogleCloud {
  let cloud: GoogleCloud | undefined;
  const before = { ...process.env };
  beforeAll(async () => {
    cloud = await startCloud(options);
    Object.assign(process.env, cloud.env);
  });
  afterEach(() => {
    if (!cloud) return;
    expect(cloud.complaints).toEqual([]);
    cloud.intercept = () => undefined;
    cloud.granted = undefined;
  });
  afterAll(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await cloud?.close();
  });
  return () => {
    if (!cloud) throw new Error('the cloud is there only while tests run');
    return cloud;
  };
}

export interface TestMachine {
  readonly place: TestSite;
  readonly made: Record<string, string>;
  driver(): Driver;
  make(): Promise<void>;
  /** In reverse, as the core does. */
  destroy(): Promise<void>;
  keyOf(kind: string): string;
}

/** A machine as the core would make it; its driver is asked for anew each time. */
export async function newMachine(
  values: FlagValues = {},
  ingress: Partial<Ingress> = {},
  about: Partial<Site> = {},
): Promise<TestMachine> {
  const place = await newSite();
  const site = { ...place.site, ...about, ingress: { ...place.site.ingress, ...ingress } };
  const made: Record<string, string> = {};
  const driver = () => google.driver({ ...SMALL, ...values }, site);
  const keyOf = (kind: string) => `slipway-test-${place.site.machine}-${kind}`;
  return {
    place,
    made,
    driver,
    keyOf,
    async make() {
      for (const part of driver().parts) made[part.kind] = await part.create(keyOf(part.kind), made as Made);
    },
    async destroy() {
      for (const part of [...driver().parts].reverse()) await part.destroy(made[part.kind] ?? keyOf(part.kind));
      await place.remove();
    },
  };
}

export async function withMachine(
  values: FlagValues,
  use: (machine: TestMachine) => Promise<void>,
  ingress: Partial<Ingress> = {},
): Promise<void> {
  const machine = await newMachine(values, ingress);
  try {
    await machine.make();
    await use(machine);
  } finally {
    await machine.destroy();
  }
}
