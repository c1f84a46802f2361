import { madeOf } from './driving.ts';
import { keepThoughOff, withPower } from './power.ts';
import { tellerFor, type Work } from './work.ts';

/** Shuts the machine down in an orderly way. One that is off already stays so. */
export async function stop(work: Work, name: string): Promise<void> {
  await withPower(work, name, 'stop', async ({ machine, power, state }) => {
    if (state === 'Stopped') return;
    await keepThoughOff(work, machine);
    await tellerFor(work, name).stage('stop', () => power.stop(madeOf(machine)));
  });
}
