import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import softlayer from '../../../src/drivers/softlayer/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

/** The two JSON blocks of the page: the permissions, and what each flag needs besides. */
const [permissions, besides] = jsonBlocks() as [string[], Record<string, string[]>];

function jsonBlocks(): unknown[] {
  const page = readFileSync('docs/drivers/softlayer.md', 'utf8');
  return [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => JSON.parse(match[1] ?? ''));
}

/** What the core does with a machine, from --dry-run to rm, and what it asks about all of them. */
async function neededFor(values: FlagValues, granted: readonly string[]): Promise<string[]> {
  cloud().needed.clear();
  cloud().granted = new Set(granted);
  const machine = await newMachine(values);
  const driver = machine.driver();
  await driver.check?.();
  await driver.account?.();
  await driver.plan?.();
  await machine.make();
  await driver.endpoint(machine.made);
  await driver.admit?.(machine.made);
  await driver.relabel?.(machine.made);
  await driver.power?.stop(machine.made);
  await driver.power?.start(machine.made);
  await driver.power?.restart?.(machine.made);
  await driver.power?.kill?.(machine.made);
  await softlayer.fleet?.states(SMALL, [machine.made]);
  await softlayer.fleet?.survey(SMALL);
  await machine.destroy();
  cloud().granted = undefined;
  return [...cloud().needed].sort();
}

test('the permissions of the page are what a machine’s life needs, neither less nor more', async () => {
  expect(await neededFor({ 'softlayer-private-net-only': true }, permissions)).toEqual([...permissions].sort());
  expect(await cloud().left()).toEqual([]);
});

test.each(Object.entries(besides))('%s needs what the page says besides', async (flag, more) => {
  const values: FlagValues = flag.includes('hostname')
    ? { 'softlayer-hostname': 'web', 'softlayer-private-net-only': true }
    : {};
  const needed = await neededFor(values, [...permissions, ...more]);
  expect(needed.filter((permission) => !permissions.includes(permission))).toEqual([...more].sort());
});
