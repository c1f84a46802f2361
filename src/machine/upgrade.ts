import { candidate, upgrade as upgradeSteps } from '../provision/index.ts';
import { type Machine, readMachine } from '../store/machine.ts';
import { verifyEngine } from './engine.ts';
import { type Host, withHost } from './host.ts';
import { refresh } from './refresh.ts';
import { type Work, withMachine } from './work.ts';

export interface Upgrade {
  readonly from: string;
  readonly to: string;
}

/**
 * Brings the engine to the newest version of its source, within the version that was asked for at create. The versions
 * are the package's.
 */
export async function upgrade(work: Work, name: string, dryRun: boolean): Promise<Upgrade> {
  return withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    const upgraded = await withHost(work, machine, (host) => upgradeOn(machine, host, dryRun));
    if (dryRun) return upgraded;
    await refresh(work, machine);
    await verifyEngine(work, machine);
    return upgraded;
  });
}

async function upgradeOn(machine: Machine, host: Host, dryRun: boolean): Promise<Upgrade> {
  const facts = await host.facts();
  const { from = 'unknown', version: to = from } = await host.carryOut(candidate(facts, machine.engine));
  if (!dryRun && to !== from) await host.carryOut(upgradeSteps(facts, machine.engine));
  return { from: from.trim(), to: to.trim() };
}
