import { SlipwayError } from '../errors.ts';
import { readMachine, saveMachine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import { ownNetwork } from './ingress.ts';
import { tellerFor, type Work, withMachine } from './work.ts';

/**
 * Lets this computer's present address reach the machine, besides those that may. Gives it, and whether it is new.
 * @throws SlipwayError `unsupported` where the machine has no firewall of its own
 */
export async function allowMe(work: Work, name: string): Promise<{ network: string; isNew: boolean }> {
  return withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    const { ingress } = machine;
    if (!ingress || !(await driverOf(work, machine)).admit) throw withoutFirewall(name);
    const own = await ownNetwork(work);
    const isNew = !ingress.from.includes(own);
    if (isNew) machine.ingress = { ...ingress, from: [...ingress.from, own] };
    await saveMachine(work.store, machine);
    await tellerFor(work, name).stage('change the firewall', async () => {
      await (await driverOf(work, machine)).admit?.(madeOf(machine));
    });
    return { network: own, isNew };
  });
}

function withoutFirewall(name: string): SlipwayError {
  return new SlipwayError('unsupported', `"${name}" has no firewall of its own that could be changed`, {
    hint: 'Let this computer in where that is decided: in the group or on the host that you named.',
  });
}
