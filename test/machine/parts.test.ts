import { expect, test } from '@jest/globals';
import type { Driver, Part } from '../../src/drivers/driver.ts';
import { unmakeParts } from '../../src/machine/parts.ts';
import { readMachine } from '../../src/store/machine.ts';
import { newUser } from '../commands/cli.ts';

/** In milliseconds. */
const HOUR = 3_600_000;

test('what was asked for again and again before a death is waited for from now on, not from the first time', async () => {
  const user = await newUser();
  const asked = new Date(Date.now() - HOUR).toISOString();
  await user.addReady('dev', { driver: 'slow', flags: {}, adopted: false, notes: [{ kind: 'disk', key: 'k', asked }] });
  const machine = await readMachine(user.store, 'dev');
  const { driver, things } = placeThatShowsLate(500);
  await unmakeParts({ store: user.store, env: user.env, report: () => undefined }, machine, driver);
  expect([...things]).toEqual([]);
  expect(machine.notes).toEqual([]);
  await user.remove();
});

/** One that has made what it was asked for, and shows it so many milliseconds later. */
function placeThatShowsLate(after: number): { driver: Driver; things: Set<string> } {
  const things = new Set(['k']);
  const shown = Date.now() + after;
  const disk: Part = {
    kind: 'disk',
    settles: 60_000,
    create: async (key) => key,
    find: async (key) => (things.has(key) && Date.now() >= shown ? key : undefined),
    destroy: async (id) => void things.delete(id),
  };
  return { driver: { parts: [disk], check: async () => undefined, endpoint: async () => undefined }, things };
}
