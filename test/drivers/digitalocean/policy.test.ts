import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

/** The two JSON blocks of the page: the scopes, and what each flag needs besides. */
const [scopes, besides] = jsonBlocks() as [string[], Record<string, string[]>];

function jsonBlocks(): unknown[] {
  const page = readFileSync('docs/drivers/digitalocean.md', 'utf8');
  return [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => JSON.parse(match[1] ?? ''));
}

/** What the core does with a machine, from --dry-run to rm, and what it asks about all of them. */
async function life(values: FlagValues): Promise<void> {
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
  await digitalocean.fleet?.states({ ...SMALL, ...values }, [machine.made]);
  await digitalocean.fleet?.survey({ ...SMALL, ...values });
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
  '--digitalocean-vpc own': () => ({ 'digitalocean-vpc': 'own' }),
  '--digitalocean-reserved-ip new': () => ({ 'digitalocean-reserved-ip': 'new' }),
  '--digitalocean-reserved-ip': () => ({ 'digitalocean-reserved-ip': cloud().giveAddress('nyc3') }),
};

test('the scopes of the page are what a machine’s life needs, neither less nor more', async () => {
  expect(await neededFor({}, scopes)).toEqual([...scopes].sort());
  expect(await cloud().left()).toEqual([]);
});

test('the page tells of each flag that needs more', () => {
  expect(Object.keys(besides)).toEqual(Object.keys(VALUES));
});

test.each(Object.entries(VALUES))('%s needs what the page says besides', async (flag, values) => {
  const needed = await neededFor(values(), [...scopes, ...(besides[flag] ?? [])]);
  expect(needed.filter((scope) => !scopes.includes(scope))).toEqual([...(besides[flag] ?? [])].sort());
});
