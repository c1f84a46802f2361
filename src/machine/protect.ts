import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { type Work, withMachine } from './work.ts';

/** Keeps the machine from `rm`, `gc` and another `create` of its name. Gives the record, which says when it goes by itself all the same. */
export async function protect(work: Work, name: string): Promise<Machine> {
  return change(work, name, (machine) => {
    machine.protected = true;
  });
}

export async function unprotect(work: Work, name: string): Promise<Machine> {
  return change(work, name, (machine) => {
    delete machine.protected;
  });
}

/** @throws SlipwayError `refused` for a machine that nothing may remove */
export function refuseProtected(machine: Machine): void {
  if (!machine.protected) return;
  throw new SlipwayError('refused', `"${machine.name}" is protected`, {
    hint: `If it shall go all the same: slipway unprotect ${machine.name}`,
  });
}

async function change(work: Work, name: string, how: (machine: Machine) => void): Promise<Machine> {
  return withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    how(machine);
    await saveMachine(work.store, machine);
    return machine;
  });
}
