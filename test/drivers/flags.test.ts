import { expect, test } from '@jest/globals';
import { flagsOf } from '../../src/drivers/flags.ts';
import { driverModule, driverNames } from '../../src/drivers/index.ts';

test('the command line knows the flags of every driver, as the driver has them', async () => {
  expect(Object.keys(flagsOf)).toEqual(driverNames);
  for (const [name, flags] of Object.entries(flagsOf)) expect(flags).toBe((await driverModule(name)).flags);
});

test('where something can be left behind, flags say whom to ask, and of one of them at most several may be named', async () => {
  for (const name of driverNames) {
    const { fleet, flags } = await driverModule(name);
    const scopes = Object.values(flags).flatMap(({ scope }) => scope ?? []);
    expect(scopes.filter((scope) => scope === 'several')).toHaveLength(fleet ? 1 : 0);
  }
});
