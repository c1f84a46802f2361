import type { PowerState } from '../../drivers/driver.ts';
import { driverModule } from '../../drivers/index.ts';
import { durationText } from '../../duration.ts';
import type { Listed, Machine } from '../../store/machine.ts';
import { driverOf, madeOf, surveyOf } from '../driving.ts';
import { refuseOtherAccount } from '../parts.ts';
import { placesOf } from '../states.ts';
import type { Work } from '../work.ts';
import type { Problem } from './findings.ts';
import { several } from './several.ts';

/** Why finished machines go, by their names, as far as their places tell; and what could not be found out. */
export interface Gone {
  readonly reasons: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/**
 * Which finished machines somebody removed at their place, and which switched themselves off when nobody used them. Those
 * of one place are asked about together.
 */
export async function goneAtTheirPlace(work: Work, listed: readonly Listed[]): Promise<Gone> {
  const placeOf = placesOf(work, listed);
  const refuseOther = accountsOnce(work);
  const reasons = new Map<string, string>();
  const problems = new Map<string, Problem>();
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const look = async (machine: Machine) => {
    try {
      const ask = await placeOf(machine);
      const reason = reasonIn(machine, await ask?.());
      if (reason === undefined) return;
      await refuseOther(machine);
      reasons.set(machine.name, reason);
    } catch (error) {
      const about = await placeName(work, machine);
      problems.set(about, { about, error });
    }
  };
  await several(
    machines.filter(({ phase, adopted }) => phase === 'ready' && !adopted),
    look,
  );
  return { reasons, problems: [...problems.values()] };
}

/** Whether its place says of this one machine that it has come back. */
export async function isBack(work: Work, machine: Machine): Promise<boolean> {
  const state = await (await driverOf(work, machine)).power?.state(madeOf(machine));
  return reasonIn(machine, state) === undefined;
}

function reasonIn({ lifetime, off }: Machine, state: PowerState | undefined): string | undefined {
  if (state === 'Gone') return 'it is gone from its place';
  if (state !== 'Stopped' || off || lifetime?.idle === undefined) return undefined;
  return `it is off, and nobody used it for ${durationText(lifetime.idle)}`;
}

/** With the credentials of another account, all would seem to be gone. Asks once for each place and account. */
function accountsOnce(work: Work): (machine: Machine) => Promise<void> {
  const asked = new Map<string, Promise<void>>();
  return async (machine) => {
    const key = `${await placeName(work, machine)} ${machine.account ?? machine.name}`;
    const answer =
      asked.get(key) ?? driverOf(work, machine).then((driver) => refuseOtherAccount(work, machine, driver));
    asked.set(key, answer);
    return answer;
  };
}

/** As places.ts names it; one that has no survey is asked machine by machine. */
async function placeName({ drivers }: Work, { name, driver, flags }: Machine): Promise<string> {
  try {
    const survey = surveyOf(await driverModule(driver, drivers));
    return survey ? `${driver} ${survey.scope(flags)}`.trimEnd() : name;
  } catch {
    return name;
  }
}
