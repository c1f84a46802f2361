import { driverModule } from '../../drivers/index.ts';
import type { Listed, Machine } from '../../store/machine.ts';
import { driverOf, surveyOf } from '../driving.ts';
import { refuseOtherAccount } from '../parts.ts';
import { statesOf } from '../states.ts';
import type { Work } from '../work.ts';
import type { Problem } from './findings.ts';
import { several } from './several.ts';

/** The names of machines that their places do not know any more, and what could not be found out. */
export interface Gone {
  readonly names: ReadonlySet<string>;
  /** Those that go when nobody uses them, and are off. */
  readonly idle: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Of the finished machines, those that somebody removed at their place, or that switched themselves off. Those of one place are asked about together. */
export async function goneAtTheirPlace(work: Work, listed: readonly Listed[]): Promise<Gone> {
  const power = statesOf(work, listed);
  const refuseOther = accountsOnce(work);
  const names = new Set<string>();
  const idle = new Set<string>();
  const problems = new Map<string, Problem>();
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const look = async (machine: Machine) => {
    try {
      const state = await power(machine);
      if (state === 'Stopped' && machine.lifetime?.idle !== undefined) idle.add(machine.name);
      if (state !== 'Gone') return;
      await refuseOther(machine);
      names.add(machine.name);
    } catch (error) {
      const about = await placeName(machine);
      problems.set(about, { about, error });
    }
  };
  await several(
    machines.filter(({ phase, adopted }) => phase === 'ready' && !adopted),
    look,
  );
  return { names, idle, problems: [...problems.values()] };
}

/** With the credentials of another account, all would seem to be gone. Asks once for each place and account. */
function accountsOnce(work: Work): (machine: Machine) => Promise<void> {
  const asked = new Map<string, Promise<void>>();
  return async (machine) => {
    const key = `${await placeName(machine)} ${machine.account ?? machine.name}`;
    const answer =
      asked.get(key) ?? driverOf(work, machine).then((driver) => refuseOtherAccount(work, machine, driver));
    asked.set(key, answer);
    return answer;
  };
}

/** As places.ts names it; one that has no survey is asked machine by machine. */
async function placeName({ name, driver, flags }: Machine): Promise<string> {
  try {
    const survey = surveyOf(await driverModule(driver));
    return survey ? `${driver} ${survey.scope(flags)}` : name;
  } catch {
    return name;
  }
}
