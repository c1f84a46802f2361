import { join } from 'node:path';
import type { Bootstrap, Driver, DriverModule, Labels, Made, Removable, Site, Survey } from '../drivers/driver.ts';
import { driverModule } from '../drivers/index.ts';
import type { FlagValues } from '../flags.ts';
import { newMemory } from '../memory.ts';
import { storeId } from '../store/identity.ts';
import { withLock } from '../store/lock.ts';
import type { Machine } from '../store/machine.ts';
import { sharedLock, type Work } from './work.ts';

/** The driver of this machine, ready to be asked. What it notes is reported under the driver's name. */
export async function driverOf(work: Work, machine: Driven, bootstrap?: Bootstrap): Promise<Driver> {
  const module = await driverModule(machine.driver, work.drivers);
  return module.driver(machine.flags, await siteOf(work, machine, bootstrap));
}

type Driven = Pick<
  Machine,
  'name' | 'driver' | 'flags' | 'created' | 'sshAlias' | 'ingress' | 'run' | 'lifetime' | 'protected'
>;

/** What removes what a survey found: none of it belongs to a machine with a record. */
export async function removableAt(
  work: Work,
  driver: string,
  survey: Survey,
  flags: FlagValues,
): Promise<readonly Removable[]> {
  const nobody: Driven = { name: 'gc', driver, flags, created: new Date().toISOString() };
  return survey.removable(flags, await siteOf(work, nobody, undefined));
}

/** Whom to ask about everything that is ours; undefined where nothing can be left behind. */
export function surveyOf({ fleet, leftovers }: DriverModule): Survey | undefined {
  return fleet ?? leftovers;
}

/** The machine's name in a form that every place takes for a part's name or a label's value. */
export function readableName(name: string): string {
  return name.toLowerCase().replaceAll('.', '-').slice(0, 36);
}

/** The ids of the parts that the place has told us. */
export function madeOf(machine: Machine): Made {
  const told = machine.notes.flatMap((note) => (note.id === undefined ? [] : [[note.kind, note.id] as const]));
  return Object.fromEntries(told);
}

async function siteOf(work: Work, machine: Driven, bootstrap: Bootstrap | undefined): Promise<Site> {
  const note = (detail: string) => work.report({ machine: machine.name, stage: machine.driver, state: 'note', detail });
  return {
    machine: machine.name,
    folder: work.store.machine(machine.name).driver,
    cache: join(work.store.cache, machine.driver),
    note,
    labels: labelsOf(machine, await storeId(work.store)),
    ...(machine.lifetime ? { lifetime: machine.lifetime } : {}),
    ingress: { from: [], open: [], ...machine.ingress, engine: machine.sshAlias === undefined },
    memory: work.memory ?? newMemory(),
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

function labelsOf({ name, created, run, lifetime, protected: isProtected }: Driven, store: string): Labels {
  return {
    'slipway-machine': readableName(name),
    'slipway-store': store,
    'slipway-created': sinceEpoch(created),
    ...(lifetime?.ends === undefined ? {} : { 'slipway-expires': sinceEpoch(lifetime.ends) }),
    ...(run === undefined ? {} : { 'slipway-run': run }),
    ...(isProtected === undefined ? {} : { 'slipway-protected': isProtected ? 'yes' : 'no' }),
  };
}

/** A moment as the labels say it, since their values take no colons. */
function sinceEpoch(moment: string): string {
  return String(Math.floor(Date.parse(moment) / 1000));
}

/** Another process may be fetching an image over a slow line. */
const SHARED_WAIT = 60 * 60_000;
