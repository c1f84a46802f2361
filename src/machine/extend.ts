import type { Driver } from '../drivers/driver.ts';
import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import { withHost } from './host.ts';
import { tellHost } from './lifetime.ts';
import { gone } from './power.ts';
import { tellerFor, type Work, withMachine } from './work.ts';

/**
 * Moves the machine's end by so many seconds, from now where it is over. Gives the new end, in ISO 8601. The record comes
 * last: what was interrupted can be done again, and comes to the same end.
 * @throws SlipwayError `unsupported` for a machine without an end, or where the place would end it all the same
 */
export async function extend(work: Work, name: string, seconds: number): Promise<string> {
  return withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    const ends = later(machine, seconds);
    machine.lifetime = { ...machine.lifetime, ends };
    const driver = await driverOf(work, machine);
    const state = await driver.power?.state(madeOf(machine));
    if (state === 'Gone') throw gone(machine);
    await tellPlace(work, machine, driver);
    if (state !== 'Stopped') await withHost(work, machine, (host) => tellHost(host, machine, driver));
    await saveMachine(work.store, machine);
    return ends;
  });
}

async function tellPlace(work: Work, machine: Machine, driver: Driver): Promise<void> {
  if (!driver.relabel) return;
  const place = tellerFor(work, machine.name);
  await place.stage('tell the place of the new end', async () => {
    await driver.mayExtend?.(madeOf(machine));
    await driver.relabel?.(madeOf(machine));
  });
}

function later({ name, phase, lifetime }: Machine, seconds: number): string {
  if (phase !== 'ready') {
    throw new SlipwayError('failed', `"${name}" is not a finished machine`, { hint: `Remove it: slipway rm ${name}` });
  }
  if (lifetime?.ends === undefined) {
    throw new SlipwayError('unsupported', `"${name}" has no end that could be moved`, {
      hint: lifetime ? 'It goes when nobody has used it for long enough.' : 'It stays until it is removed.',
    });
  }
  return new Date(Math.max(Date.now(), Date.parse(lifetime.ends)) + seconds * 1000).toISOString();
}
