import type { PowerState } from '../drivers/driver.ts';
import { driverModule } from '../drivers/index.ts';
import type { Listed, Machine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import type { Work } from './work.ts';

/** Asks a place for the state of one machine; undefined for one that was not ready. */
export type AskState = () => Promise<PowerState | undefined>;

/**
 * Whom to ask for the states of these machines, without asking yet: of those that one place can tell together, with one
 * question, when the first of them is wanted. Undefined where power is not ours.
 */
export function placesOf(work: Work, listed: readonly Listed[]): (machine: Machine) => Promise<AskState | undefined> {
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  // What was adopted has no parts by whose ids it could be asked about.
  const ready = machines.filter(({ phase, adopted }) => phase === 'ready' && !adopted);
  const asked = new Map<string, Promise<ReadonlyMap<string, PowerState>>>();
  return async (machine) => {
    const { fleet } = await driverModule(machine.driver, work.drivers);
    if (!fleet || machine.adopted) {
      const { power } = await driverOf(work, machine);
      return power && (() => power.state(madeOf(machine)));
    }
    const scopeOf = ({ driver, flags }: Machine) => driver === machine.driver && fleet.scope(flags);
    const scope = scopeOf(machine);
    const key = `${machine.driver} ${scope}`;
    return async () => {
      const together =
        asked.get(key) ??
        askTogether(
          work,
          fleet,
          ready.filter((each) => scopeOf(each) === scope),
        );
      asked.set(key, together);
      return (await together).get(machine.name);
    };
  };
}

type Fleet = NonNullable<Awaited<ReturnType<typeof driverModule>>['fleet']>;

async function askTogether(
  work: Work,
  fleet: Fleet,
  machines: readonly Machine[],
): Promise<ReadonlyMap<string, PowerState>> {
  const flags = machines[0]?.flags ?? {};
  const states = await fleet.states(flags, machines.map(madeOf), work.signal);
  return new Map(machines.map(({ name }, index) => [name, states[index] ?? 'Gone']));
}
