import { storeId } from '../../store/identity.ts';
import { heldLocks } from '../../store/lock.ts';
import { type Listed, type Machine, machineNames } from '../../store/machine.ts';
import { isAbandoned, leaseOf } from '../lease.ts';
import type { Work } from '../work.ts';
import type { Findings, GcRequest, Kept, Leftover, Problem, RecordRemoval } from './findings.ts';
import { type Gone, goneAtTheirPlace, isBack } from './gone.ts';
import { busy, isOver, madeBy, overSince, PROTECTED } from './words.ts';

/** The machines with a record in this store, or but a folder, that are to go. */
export async function leftRecords(work: Work, request: GcRequest, listed: readonly Listed[]): Promise<Findings> {
  const store = await storeId(work.store);
  const all = request.run === undefined;
  const gone: Gone = all ? await goneAtTheirPlace(work, listed) : { reasons: new Map(), problems: [] };
  const held = await heldLocks(work.store.locks);
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const ofRecords = await Promise.all(machines.map((machine) => ofRecord(work, machine, request, gone, store)));
  const candidates = [...ofRecords.flat(), ...(all ? await foldersWithoutRecord(work, listed, store) : [])];
  const kept = candidates.flatMap(({ leftover, isProtected }): Kept[] => {
    const holder = held.get(leftover.name) ?? held.get(leaseOf(leftover.name));
    const because = isProtected ? PROTECTED : holder && busy(holder);
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

async function ofRecord(
  work: Work,
  machine: Machine,
  request: GcRequest,
  gone: Gone,
  store: string,
): Promise<Candidate[]> {
  const { name, driver, created, notes } = machine;
  const reason = whyItGoes(machine, request, await isAbandoned(work, machine)) ?? gone.reasons.get(name);
  if (reason === undefined) return [];
  const parts = notes.map(({ kind, id, key }) => ({ kind, id: id ?? key }));
  return [
    {
      leftover: { what: 'machine', name, driver, store, created, reason, parts },
      isProtected: machine.protected === true,
      async still(now) {
        if (now?.created !== created || now.protected) return false;
        const isForRun = now.forRun !== undefined && now.forRun.specification === undefined; // its lease is ours now
        if (whyItGoes(now, request, isForRun) !== undefined) return true;
        return gone.reasons.has(name) && !(await isBack(work, now));
      },
    },
  ];
}

/**
 * What can be known without asking its place. What is under way, or in use, looks as what was interrupted does: only locks
 * tell them apart.
 */
function whyItGoes(machine: Machine, { run }: GcRequest, isAbandoned: boolean): string | undefined {
  const { lifetime, phase } = machine;
  if (run !== undefined) return machine.run === run ? madeBy(run) : undefined;
  if (isOver(lifetime?.ends)) return overSince(lifetime?.ends);
  if (phase === 'creating') return 'its creation was interrupted';
  if (phase === 'removing') return 'its removal was interrupted';
  return isAbandoned ? 'the command that it was made for was killed' : undefined;
}

/** A command that died before it wrote a record, or after it had removed it, leaves a folder that `ls` does not show. */
async function foldersWithoutRecord(work: Work, listed: readonly Listed[], store: string): Promise<Candidate[]> {
  const recorded = new Set(listed.map(({ name }) => name));
  const names = (await machineNames(work.store)).filter((name) => !recorded.has(name));
  return names.map((name) => {
    const leftover: Leftover = { what: 'machine', name, driver: '', store, reason: FOLDER, parts: [] };
    return { leftover, isProtected: false, still: async (now) => now === undefined };
  });
}

const FOLDER = 'an interrupted command left its folder';

function broken(listed: readonly Listed[]): Problem[] {
  return listed.flatMap((each) => ('error' in each ? [{ about: each.name, error: each.error }] : []));
}
