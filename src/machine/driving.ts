import { join } from 'node:path';
import type { Bootstrap, Driver, Made, Site } from '../drivers/driver.ts';
import { driverModule } from '../drivers/index.ts';
import { withLock } from '../store/lock.ts';
import type { Machine } from '../store/machine.ts';
import { sharedLock, type Work } from './work.ts';

/** The driver of this machine, ready to be asked. What it notes is reported under the driver's name. */
export async function driverOf(work: Work, machine: Driven, bootstrap?: Bootstrap): Promise<Driver> {
  const module = await driverModule(machine.driver);
  return module.driver(machine.flags, siteOf(work, machine, bootstrap));
}

type Driven = Pick<Machine, 'name' | 'driver' | 'flags'>;

/** The ids of the parts that the place has told us. */
export function madeOf(machine: Machine): Made {
  const told = machine.notes.flatMap((note) => (note.id === undefined ? [] : [[note.kind, note.id] as const]));
  return Object.fromEntries(told);
}

function siteOf(work: Work, machine: Driven, bootstrap: Bootstrap | undefined): Site {
  const note = (detail: string) => work.report({ machine: machine.name, stage: machine.driver, state: 'note', detail });
  return {
    machine: machine.name,
    folder: work.store.machine(machine.name).driver,
    cache: join(work.store.cache, machine.driver),
    note,
    ...(work.signal ? { signal: work.signal } : {}),
    ...(bootstrap ? { bootstrap } : {}),
    exclusive: (name, alone) =>
      withLock(work.store.locks, sharedLock(name), alone, {
        wait: SHARED_WAIT,
        signal: work.signal,
        waiting: (holder) => note(`waiting for process ${holder.pid} ("${holder.command}")`),
      }),
  };
}

/** Another process may be fetching an image over a slow line. */
const SHARED_WAIT = 60 * 60_000;
