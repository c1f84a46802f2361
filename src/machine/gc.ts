import { listMachines } from '../store/machine.ts';
import type { Findings, GcRequest } from './sweep/findings.ts';
import { leftParts } from './sweep/parts.ts';
import { surveyAll } from './sweep/places.ts';
import { leftRecords } from './sweep/records.ts';
import type { Work } from './work.ts';

export type { Findings, GcRequest, Kept, Leftover, Problem } from './sweep/findings.ts';
export { removeAll, type Swept } from './sweep/removal.ts';

/**
 * Looks for what is to go: here by the records, and at every place by the labels, which tell of what has no record. Each
 * place costs a page of results for each kind of thing, however many machines there are.
 * @throws SlipwayError `bad-input` where the request does not say whom to ask
 */
export async function findLeftovers(work: Work, request: GcRequest): Promise<Findings> {
  const { surveyed, problems } = await surveyAll(work, request);
  const listed = await listMachines(work.store); // after the places were asked: see leftParts
  const found = [await leftRecords(work, request, listed), await leftParts(work, request, surveyed, listed)];
  return {
    removals: found.flatMap(({ removals }) => removals),
    kept: found.flatMap(({ kept }) => kept),
    problems: [...problems, ...found.flatMap((each) => each.problems)],
  };
}
