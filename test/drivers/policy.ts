import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { DriverModule, Ingress } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import type { Cloud } from '../clouds/cloud.ts';
import type { TestMachine } from './machines.ts';

/** What stands in the JSON blocks of a driver's page. */
export function jsonBlocks(driver: string): unknown[] {
  const page = readFileSync(`docs/drivers/${driver}.md`, 'utf8');
  return [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => JSON.parse(match[1] ?? ''));
}

export interface Living {
  readonly module: DriverModule;
  readonly small: FlagValues;
  newMachine(values: FlagValues, ingress: Partial<Ingress>): Promise<TestMachine>;
}

/** What the core does with a machine, from --dry-run to rm, and what it asks about all of them. */
export async function live({ module, small, newMachine }: Living, values: FlagValues): Promise<void> {
  const machine = await newMachine(values, { open: [{ port: 80, protocol: 'tcp' }] });
  const { made } = machine;
  const driver = machine.driver();
  await driver.check?.();
  await driver.account?.();
  await driver.plan?.();
  await machine.make();
  await driver.endpoint(made);
  await machine.driver({ ingress: { from: ['192.0.2.8/32'], engine: true, open: [] } }).admit?.(made);
  await driver.relabel?.(made);
  await driver.console?.(made);
  await driver.power?.stop(made);
  await driver.power?.start(made);
  await driver.power?.restart?.(made);
  await driver.power?.kill?.(made);
  await module.fleet?.states({ ...small, ...values }, [made]);
  await module.fleet?.survey({ ...small, ...values });
  await machine.destroy();
}

/** A driver whose page lists what its user must be permitted, and in a second block what some flags need besides. */
export interface Subject extends Living {
  readonly name: string;
  cloud(): Permitting;
  /** Flags with which the first list is enough. */
  readonly least: FlagValues;
  /** Values for each flag of the second block, in its order and its words. */
  readonly besides: Readonly<Record<string, () => FlagValues>>;
}

/** A cloud that knows who may do what. */
interface Permitting extends Cloud {
  /** What was needed. */
  readonly needed: Set<string>;
  /** What the user may do; everything while undefined. */
  granted: ReadonlySet<string> | undefined;
}

/** The page's lists are what the cloud asks for, neither less nor more. */
export function driverPolicy(subject: Subject): void {
  const { name, cloud, least } = subject;
  const [always, more] = jsonBlocks(name) as [string[], Record<string, string[]>];

  const neededFor = async (values: FlagValues, granted: readonly string[]) => {
    cloud().needed.clear();
    cloud().granted = new Set(granted);
    await live(subject, values);
    cloud().granted = undefined;
    return [...cloud().needed].sort();
  };

  test('what the page lists is what a machine’s life needs, neither less nor more', async () => {
    expect(await neededFor(least, always)).toEqual([...always].sort());
    expect(await cloud().left()).toEqual([]);
  });

  test('the page tells of each flag that needs more', () => {
    expect(Object.keys(more)).toEqual(Object.keys(subject.besides));
  });

  test.each(Object.entries(subject.besides))('%s needs what the page says besides', async (flag, values) => {
    const besides = more[flag] ?? [];
    const needed = await neededFor(values(), [...always, ...besides]);
    expect(needed.filter((each) => !always.includes(each))).toEqual([...besides].sort());
  });
}
