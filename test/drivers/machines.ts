import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Driver, DriverModule, Ingress, Made, Site } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import { generateKey } from '../../src/ssh/index.ts';
import type { Cloud } from '../clouds/cloud.ts';
import { newSite, type TestSite } from './site.ts';

/** A cloud for the tests of one file, with this process's environment pointing to it; each test ends without complaints. */
export function useCloud<C extends Cloud>(start: () => Promise<C>): () => C {
  let cloud: C | undefined;
  const before = { ...process.env };
  beforeAll(async () => {
    cloud = await start();
    Object.assign(process.env, cloud.env);
  });
  let complained = 0;
  beforeEach(() => {
    complained = cloud?.complaints.length ?? 0;
  });
  afterEach(() => {
    if (!cloud) return;
    cloud.intercept = () => undefined;
    expect(cloud.complaints.slice(complained)).toEqual([]);
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

/** A machine's place, with a key of its own, as some clouds take no key twice. */
export async function newKeyedSite(): Promise<TestSite> {
  const { publicKey } = await generateKey('slipway test');
  return newSite({ bootstrap: { userData: '#cloud-config\n{}\n', user: 'slipway', publicKey } });
}

export interface TestMachine {
  readonly place: TestSite;
  readonly made: Record<string, string>;
  /** @param more what is another than usual */
  driver(more?: Partial<Site>): Driver;
  make(more?: Partial<Site>): Promise<void>;
  /** In reverse, as the core does. */
  destroy(): Promise<void>;
  keyOf(kind: string): string;
}

/** What the driver's check of a machine says, which is not made: undefined for nothing, or the error. */
export async function checked({ driver, place }: { driver(): Driver; readonly place: TestSite }): Promise<unknown> {
  const result = await driver()
    .check?.()
    .catch((error: unknown) => error);
  await place.remove();
  return result;
}

/** Machines of one driver as the core would make them; the driver is asked for anew each time. */
export function machinesOf(module: DriverModule, small: FlagValues) {
  async function newMachine(
    values: FlagValues = {},
    ingress: Partial<Ingress> = {},
    about: Partial<Site> = {},
  ): Promise<TestMachine> {
    const place = await newKeyedSite();
    const site = { ...place.site, ...about, ingress: { ...place.site.ingress, ...ingress } };
    const made: Record<string, string> = {};
    const driver = (more: Partial<Site> = {}) => module.driver({ ...small, ...values }, { ...site, ...more });
    const keyOf = (kind: string) => `slipway-test-${place.site.machine}-${kind}`;
    return {
      place,
      made,
      driver,
      keyOf,
      async make(more) {
        for (const part of driver(more).parts) made[part.kind] = await part.create(keyOf(part.kind), made as Made);
      },
      async destroy() {
        for (const part of [...driver().parts].reverse()) await part.destroy(made[part.kind] ?? keyOf(part.kind));
        await place.remove();
      },
    };
  }
  async function withMachine(
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
  return { newMachine, withMachine };
}
