import { madeOf } from './driving.ts';
import { refuseOver } from './lifetime.ts';
import { comeUp, withPower } from './power.ts';
import { tellerFor, type Work } from './work.ts';

/** Boots the machine and waits until its engine answers; of one that runs already it only makes sure of that. */
export async function start(work: Work, name: string): Promise<void> {
  await withPower(work, name, 'start', async (powered) => {
    const { machine, power, state } = powered;
    refuseOver(machine);
    if (state !== 'Running') await tellerFor(work, name).stage('start', () => power.start(madeOf(machine)));
    await comeUp(work, powered);
  });
}
