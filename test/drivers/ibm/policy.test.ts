import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import ibm from '../../../src/drivers/ibm/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

/** The two JSON blocks of the page: the actions, and what each flag needs besides. */
const [actions, besides] = jsonBlocks() as [string[], Record<string, string[]>];

function jsonBlocks(): unknown[] {
  const page = readFileSync('docs/drivers/ibm.md', 'utf8');
  return [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => JSON.parse(match[1] ?? ''));
}

/** What the core does with a machine, from --dry-run to rm, and what it asks about all of them. */
async function life(values: FlagValues): Promise<void> {
  const machine = await newMachine(values, { open: [{ port: 80, protocol: 'tcp' }] });
  const driver = machine.driver();
  await driver.check?.();
  await driver.account?.();
  await driver.plan?.();
  await machine.make();
  await driver.endpoint(machine.made);
  const closed = { ...machine.place.site, ingress: { from: ['192.0.2.8/32'], engine: true, open: [] } };
  await ibm.driver({ ...SMALL, ...values }, closed).admit?.(machine.made);
  await driver.relabel?.(machine.made);
  await driver.power?.stop(machine.made);
  await driver.power?.start(machine.made);
  await driver.power?.restart?.(machine.made);
  await driver.power?.kill?.(machine.made);
  await ibm.fleet?.states({ ...SMALL, ...values }, [machine.made]);
  await ibm.fleet?.survey({ ...SMALL, ...values });
  await machine.destroy();
}

async function neededFor(values: FlagValues, granted: readonly string[]): Promise<string[]> {
  cloud().needed.clear();
  cloud().granted = new Set(granted);
  await life(values);
  cloud().granted = undefined;
  return [...cloud().needed].sort();
}

const VALUES: Readonly<Record<string, () => FlagValues>> = {
  '--ibm-image': () => ({ 'ibm-image': IMAGE_ID }),
  '--ibm-floating-ip': () => ({ 'ibm-floating-ip': cloud().giveAddress('front', 'us-south-1').name }),
};
const IMAGE_ID = 'r006-5b05b4fe-bcfc-4309-af0c-2e3f9a3a1f5c';

test('the actions of the page are what a machine’s life needs, neither less nor more', async () => {
  expect(await neededFor({}, actions)).toEqual([...actions].sort());
  expect(await cloud().left()).toEqual([]);
});

test('the page tells of each flag that needs more', () => {
  expect(Object.keys(besides)).toEqual(Object.keys(VALUES));
});

test.each(Object.entries(VALUES))('%s needs what the page says besides', async (flag, values) => {
  const needed = await neededFor(values(), [...actions, ...(besides[flag] ?? [])]);
  expect(needed.filter((action) => !actions.includes(action))).toEqual([...(besides[flag] ?? [])].sort());
});
