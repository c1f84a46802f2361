import { setTimeout as delay } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import type { Driver, Site } from '../../../src/drivers/driver.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { awsError, type Ec2Call, type Ec2Cloud, startCloud } from '../../clouds/amazonec2/index.ts';
import { newSite } from '../site.ts';

/** An account with its API, for the tests of one file. Each test fails if a request was not as EC2 wants it. */
export function withAccount(): () => Ec2Cloud {
  let cloud: Ec2Cloud | undefined;
  beforeAll(async () => {
    cloud = await startCloud();
    Object.assign(process.env, cloud.env);
  });
  afterEach(() => {
    expect(cloud?.complaints.splice(0)).toEqual([]);
    if (cloud) cloud.intercept = () => undefined;
  });
  afterAll(() => cloud?.close(), 60_000);
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

/** What the account's owner does in AWS's console. */
export function owner(cloud: Ec2Cloud, region = 'us-east-1'): EC2Client {
  return new EC2Client({
    region,
    endpoint: cloud.console,
    credentials: { accessKeyId: 'owner', secretAccessKey: 'x' },
  });
}

/** Has calls of this name refused if they are such, the first `most` of them. */
export function refuse(
  cloud: Ec2Cloud,
  action: string,
  code: string,
  { such = () => true, most = Number.POSITIVE_INFINITY, ...answer }: Refusal = {},
): void {
  let left = most;
  cloud.intercept = (call, when) => {
    const { what, parameters } = call as Ec2Call;
    if (when === 'after' || what !== action || !such(parameters) || left-- <= 0) return undefined;
    return awsError(code, answer);
  };
}

interface Refusal extends NonNullable<Parameters<typeof awsError>[1]> {
  such?: (sent: Ec2Call['parameters']) => boolean;
  most?: number;
}

/** Until EC2 shows what was just made. */
export const shown = () => delay(300);

export interface TestMachine {
  readonly driver: Driver;
  readonly made: Record<string, string>;
  /** What the driver told. */
  readonly notes: readonly string[];
  keyOf(kind: string): string;
  /** The driver as the next command has it. */
  again(): Driver;
  make(): Promise<void>;
  remove(): Promise<void>;
}

/** A machine of these flags beside the least; `site` says what is different about its place. */
export async function newMachine(values: FlagValues, site: Partial<Site> = {}): Promise<TestMachine> {
  const place = await newSite();
  const again = () => amazonec2.driver({ ...small, ...values }, { ...place.site, ...site });
  const driver = again();
  const made: Record<string, string> = {};
  const keyOf = (kind: string) => `slipway-test-${place.site.machine}-${kind}`;
  return {
    driver,
    made,
    notes: place.notes,
    keyOf,
    again,
    async make() {
      for (const part of driver.parts) made[part.kind] = await part.create(keyOf(part.kind), made);
    },
    async remove() {
      for (const part of [...again().parts].reverse()) {
        const id = made[part.kind] ?? (await part.find(keyOf(part.kind)));
        if (id !== undefined) await part.destroy(id);
      }
      await place.remove();
    },
  };
}

/** Does something with a machine, and removes it; nothing may be left but what was there before. */
export async function withMachine(
  cloud: Ec2Cloud,
  values: FlagValues,
  use: (machine: TestMachine) => Promise<void>,
  site: Partial<Site> = {},
): Promise<void> {
  const before = await cloud.left();
  const machine = await newMachine(values, site);
  try {
    await use(machine);
  } finally {
    cloud.intercept = () => undefined;
    await machine.remove();
  }
  expect(await cloud.left()).toEqual(before);
}

/** The calls that the work makes. */
export async function callsOf(cloud: Ec2Cloud, work: () => Promise<unknown>): Promise<readonly Ec2Call[]> {
  const before = cloud.calls.length;
  await work();
  return cloud.calls.slice(before);
}

/** The parameters of the last call of this name. */
export function lastOf(cloud: Ec2Cloud, what: string): Readonly<Record<string, string>> {
  const call = cloud.calls.findLast((each) => each.what === what);
  if (!call) throw new Error(`There was no call "${what}"`);
  return call.parameters;
}
