import { storeId } from '../../store/identity.ts';
import { type Holder, heldLocks } from '../../store/lock.ts';
import { type Listed, type Machine, machineNames } from '../../store/machine.ts';
import type { Work } from '../work.ts';
import type { Findings, GcRequest, Kept, Leftover, Problem, RecordRemoval } from './findings.ts';
import { type Gone, goneAtTheirPlace } from './gone.ts';
import { busy, isOver, madeBy, overSince, PROTECTED } from './words.ts';

/** The machines with a record in this store, or but a folder, that are to go. */
export async function leftRecords(work: Work, request: GcRequest, listed: readonly Listed[]): Promise<Findings> {
  const store = await storeId(work.store);
  const gone = request.run === undefined ? await goneAtTheirPlace(work, listed) : NOBODY_ASKED;
  const held = await heldLocks(work.store.locks);
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const candidates = [
    ...machines.flatMap((machine) => ofRecord(machine, request, gone, store)),
    ...(request.run === undefined ? await foldersWithoutRecord(work, listed, store) : []),
  ];
  const kept = candidates.flatMap(({ leftover, isProtected }): Kept[] => {
    const because = whyItStays(isProtected, held.get(leftover.name));
    return because === undefined ? [] : [{ ...leftover, because }];
  });
  const staying = new Set(kept.map(({ name }) => name));
  return {
    removals: candidates.filter(({ leftover }) => !staying.has(leftover.name)),
    kept,
    problems: [...broken(listed), ...gone.problems],
  };
}

interface Candidate extends RecordRemoval {
  readonly isProtected: boolean;
}

function ofRecord(machine: Machine, request: GcRequest, gone: Gone, store: string): Candidate[] {
  const why = (now: Machine) => whyItGoes(now, request) ?? asItsPlaceSays(now, gone);
  const reason = why(machine);
  if (reason === undefined) return [];
  const { name, driver, created, notes } = machine;
  const parts = notes.map(({ kind, id, key }) => ({ kind, id: id ?? key }));
  return [
    {
      leftover: { what: 'machine', name, driver, store, created, reason, parts },
      isProtected: machine.protected === true,
      still: (now) => now?.created === created && !now.protected && why(now) !== undefined,
    },
  ];
}

const NOBODY_ASKED: Gone = { names: new Set(), idle: new Set(), problems: [] };

function asItsPlaceSays({ name, lifetime }: Machine, { names, idle }: Gone): string | undefined {
  if (names.has(name)) return 'it is gone from its place';
  return idle.has(name) && lifetime?.idle !== undefined ? 'nobody used it, and it is off' : undefined;
}

/** As its record alone says. What is under way looks as what was interrupted: only its lock tells them apart. */
function whyItGoes(machine: Machine, { run }: GcRequest): string | undefined {
  if (run !== undefined) return machine.run === run ? madeBy(run) : undefined;
  if (isOver(machine.lifetime?.ends)) return overSince(machine.lifetime?.ends);
  if (machine.phase === 'creating') return 'its creation was interrupted';
  return machine.phase === 'removing' ? 'its removal was interrupted' : undefined;
}

function whyItStays(isProtected: boolean, holder: Holder | undefined): string | undefined {
  if (isProtected) return PROTECTED;
  return holder && busy(holder);
}

/** A command that died before it wrote a record, or after it had removed it, leaves a folder that `ls` does not show. */
async function foldersWithoutRecord(work: Work, listed: readonly Listed[], store: string): Promise<Candidate[]> {
  const recorded = new Set(listed.map(({ name }) => name));
  const names = (await machineNames(work.store)).filter((name) => !recorded.has(name));
  return names.map((name) => {
    const leftover: Leftover = { what: 'machine', name, driver: '', store, reason: FOLDER, parts: [] };
    return { leftover, isProtected: false, still: (now) => now === undefined };
  });
}

const FOLDER = 'an interrupted command left its folder';

function broken(listed: readonly Listed[]): Problem[] {
  return listed.flatMap((each) => ('error' in each ? [{ about: each.name, error: each.error }] : []));
}
