import type { Found } from '../../drivers/driver.ts';
import { driverModule, namesWith } from '../../drivers/index.ts';
import type { FlagSpecs, FlagValues } from '../../flags.ts';
import { listMachines } from '../../store/machine.ts';
import { removableAt, surveyOf } from '../driving.ts';
import { tellerFor, type Work } from '../work.ts';
import type { GcRequest, Place, Problem } from './findings.ts';
import { several } from './several.ts';

/** What one place has that bears a label of ours. */
export interface Surveyed {
  readonly place: Place;
  readonly found: readonly Found[];
}

/**
 * Asks each place once: those of the machines that have records, those that the request names, and this computer. One
 * that cannot be asked does not keep the others.
 * @throws SlipwayError `bad-input` where the request does not say whom to ask
 */
export async function surveyAll(
  work: Work,
  request: GcRequest,
): Promise<{ surveyed: Surveyed[]; problems: readonly Problem[] }> {
  const ofRecords = await placesOfRecords(work);
  const here = await placesHere(work);
  const asked = [...here.places, ...(await placesNamed(work, request)), ...ofRecords.places];
  const places = [...new Map(asked.map((place) => [nameOf(place), place])).values()];
  const answers = await several(places, (place) => surveyOne(work, place));
  return {
    surveyed: answers.flatMap((answer) => ('found' in answer ? [answer] : [])),
    problems: [
      ...here.problems,
      ...ofRecords.problems,
      ...answers.flatMap((answer) => ('error' in answer ? [answer] : [])),
    ],
  };
}

/** "amazonec2 us-east-1" */
export function nameOf({ driver, scope }: Place): string {
  return `${driver} ${scope}`.trimEnd();
}

async function surveyOne(work: Work, place: Place): Promise<Surveyed | Problem> {
  const about = nameOf(place);
  return tellerFor(work, about)
    .stage('look for what is ours', () => place.survey.survey(place.flags, work.signal))
    .then(
      (found): Surveyed => ({ place, found }),
      (error: unknown): Problem => ({ about, error }),
    );
}

/** Where nobody needs to be named, and looking costs nothing. */
async function placesHere(work: Work): Promise<{ places: Place[]; problems: Problem[] }> {
  const names = namesWith(work.drivers);
  const here = names.map(async (driver) =>
    (await driverModule(driver, work.drivers)).leftovers ? placeOf(work, driver, {}) : [],
  );
  const looked = await Promise.allSettled(here);
  return {
    places: looked.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])),
    problems: looked.flatMap((each, n) =>
      each.status === 'rejected' ? [{ about: names[n] as string, error: each.reason }] : [],
    ),
  };
}

async function placesNamed(work: Work, { places }: GcRequest): Promise<Place[]> {
  const all = await Promise.all(
    places.map(async ({ driver, flags }) => {
      const each = split((await driverModule(driver, work.drivers)).flags, flags);
      return (await Promise.all(each.map((values) => placeOf(work, driver, values)))).flat();
    }),
  );
  return all.flat();
}

/** One that names several regions, as one each. */
function split(specs: FlagSpecs, values: FlagValues): FlagValues[] {
  const name = Object.keys(specs).find((flag) => specs[flag]?.scope === 'several');
  const given = name === undefined ? undefined : values[name];
  if (name === undefined || typeof given !== 'string') return [values];
  const words = given.split(/[\s,]+/).filter((word) => word !== '');
  return words.map((word) => ({ ...values, [name]: word }));
}

async function placesOfRecords(work: Work): Promise<{ places: Place[]; problems: Problem[] }> {
  const places: Place[] = [];
  const problems: Problem[] = [];
  for (const listed of await listMachines(work.store)) {
    if (!('machine' in listed)) continue; // records.ts tells of it
    const { name, driver, flags } = listed.machine;
    try {
      places.push(...(await placeOf(work, driver, flags)));
    } catch (error) {
      problems.push({ about: name, error });
    }
  }
  return { places, problems };
}

/** Only what says whom to ask counts: sizes or zones must not stand in the way. None where nothing can be left. */
async function placeOf(work: Work, driver: string, values: FlagValues): Promise<Place[]> {
  const module = await driverModule(driver, work.drivers);
  const survey = surveyOf(module);
  if (!survey) return [];
  const names = Object.keys(module.flags).filter((flag) => module.flags[flag]?.scope);
  const flags = Object.fromEntries(names.map((flag) => [flag, values[flag]]));
  const removable = await removableAt(work, driver, survey, flags);
  return [{ driver, scope: survey.scope(flags), flags, survey, removable }];
}
