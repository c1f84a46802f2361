import { madeOf } from './driving.ts';
import { keepThoughOff, withPower } from './power.ts';
import { cannot, tellerFor, type Work } from './work.ts';

/** Cuts the machine's power. One that is off already stays so. */
export async function kill(work: Work, name: string): Promise<void> {
  await withPower(work, name, 'kill', async ({ machine, power, state }) => {
    if (state === 'Stopped') return;
    const cut = power.kill;
    if (!cut) throw cannot(machine.driver, 'kill', name);
    await keepThoughOff(work, machine);
    await tellerFor(work, name).stage('kill', () => cut(madeOf(machine)));
  });
}
