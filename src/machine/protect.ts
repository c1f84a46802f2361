import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import { tellerFor, type Work, withMachine } from './work.ts';

/**
 * Keeps the machine from `rm`, `gc` and another `create` of its name, and by its labels from the `gc` of other stores.
 * Gives the record, which says when it goes by itself all the same.
 * @throws SlipwayError where the place cannot be told; the record says it then
 */
export async function protect(work: Work, name: string): Promise<Machine> {
  return change(work, name, () => true);
}

export async function unprotect(work: Work, name: string): Promise<Machine> {
  return change(work, name, (isProtected) => (isProtected === undefined ? undefined : false));
}

/** @throws SlipwayError `refused` for a machine that nothing may remove */
export function refuseProtected(machine: Machine): void {
  if (machine.protected) throw isProtected(machine);
}

export function isProtected({ name }: Machine): SlipwayError {
  return new SlipwayError('refused', `"${name}" is protected`, {
    hint: `If it shall go all the same: slipway unprotect ${name}`,
  });
}

type Protected = Machine['protected'];

async function change(work: Work, name: string, how: (before: Protected) => Protected): Promise<Machine> {
  return withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    const after = how(machine.protected);
    if (after === undefined) return machine;
    machine.protected = after;
    await saveMachine(work.store, machine);
    await tellPlace(work, machine);
    return machine;
  });
}

async function tellPlace(work: Work, machine: Machine): Promise<void> {
  const driver = await driverOf(work, machine);
  if (!driver.relabel) return;
  const telling = async () => driver.relabel?.(madeOf(machine));
  await tellerFor(work, machine.name)
    .stage('tell the place', telling)
    .catch((cause: unknown) => {
      throw untold(machine, cause);
    });
}

function untold({ name, protected: isProtected }: Machine, cause: unknown): SlipwayError {
  const [is, verb] = isProtected ? ['is protected', 'protect'] : ['is not protected any more', 'unprotect'];
  const code = cause instanceof SlipwayError ? cause.code : 'failed';
  return new SlipwayError(code, `"${name}" ${is} here, but its place could not be told, which other stores go by`, {
    cause,
    hint: `Try again: slipway ${verb} ${name}`,
  });
}
