import { madeOf } from './driving.ts';
import { refuseOver } from './lifetime.ts';
import { comeUp, type Powered, withPower } from './power.ts';
import { tellerFor, type Work } from './work.ts';

/** Boots the machine again, in the place's own way where it has one, and waits until its engine answers. */
export async function restart(work: Work, name: string): Promise<void> {
  await withPower(work, name, 'restart', async (powered) => {
    refuseOver(powered.machine);
    await tellerFor(work, name).stage('restart', () => offAndOn(powered));
    await comeUp(work, powered);
  });
}

async function offAndOn({ machine, power, state }: Powered): Promise<void> {
  const made = madeOf(machine);
  if (power.restart && state === 'Running') return power.restart(made);
  if (state !== 'Stopped') await power.stop(made);
  await power.start(made);
}
