import type { Driver, Power, PowerState } from '../drivers/driver.ts';
import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import { verifyEngine } from './engine.ts';
import { withBootingHost } from './host.ts';
import { tellHost } from './lifetime.ts';
import { refresh } from './refresh.ts';
import { cannot, type Work, withMachine } from './work.ts';

/** A machine with its driver, whose power is ours, locked. */
export interface Powered {
  readonly machine: Machine;
  readonly driver: Driver;
  readonly power: Power;
  readonly state: PowerState;
}

/** Does something to the power of a machine while nobody else does. @throws SlipwayError `unsupported` */
export async function withPower(
  work: Work,
  name: string,
  verb: string,
  use: (powered: Powered) => Promise<void>,
): Promise<void> {
  await withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    const driver = await driverOf(work, machine);
    if (!driver.power) throw cannot(machine.driver, verb, name);
    const state = await driver.power.state(madeOf(machine));
    if (state === 'Gone') throw gone(machine);
    await use({ machine, driver, power: driver.power, state });
  });
}

/** Before it is switched off: a machine that goes when it is idle has not gone then, and stays for its user. */
export async function keepThoughOff(work: Work, machine: Machine): Promise<void> {
  if (machine.lifetime?.idle === undefined) return;
  machine.off = true;
  await saveMachine(work.store, machine);
}

/**
 * Where a machine is reached that is coming up; undefined while there is no address yet.
 * @throws SlipwayError `failed` when it went off meanwhile: then no wait will help
 */
export async function endpointOnceUp(machine: Machine, driver: Driver): Promise<Endpoint | undefined> {
  const made = madeOf(machine);
  const endpoint = await driver.endpoint(made);
  if (endpoint) return endpoint;
  const state = await driver.power?.state(made);
  if (state !== 'Stopped' && state !== 'Gone') return undefined;
  throw new SlipwayError('failed', `"${machine.name}" went off while it was starting`, {
    hint: `See what it wrote last: slipway logs --console ${machine.name}`,
  });
}

/** Waits until a machine that is starting can be used again, and lets certificate and context follow its address. */
export async function comeUp(work: Work, { machine, driver }: Powered): Promise<void> {
  const endpoint = () => endpointOnceUp(machine, driver);
  await withBootingHost(work, machine, endpoint, async (host) => {
    machine.endpoint = await endpoint();
    delete machine.off;
    await saveMachine(work.store, machine);
    await tellHost(host, machine, driver);
  });
  await refresh(work, machine);
  await verifyEngine(work, machine);
}

export function gone(machine: Machine): SlipwayError {
  return new SlipwayError('not-found', `"${machine.name}" is gone: "${machine.driver}" knows no such machine`, {
    hint: `Forget it: slipway rm ${machine.name}`,
  });
}
