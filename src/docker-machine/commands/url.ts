import { engineUrl } from '../../machine/context.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { loaded, mustRun, oneNamed } from '../machines.ts';

const command: OldCommand = {
  summary: 'Print where the engine of a machine answers',
  takes: '[NAME]',
  flags: [],
  async run(call) {
    const work = answering(call);
    const machine = await loaded(work, await oneNamed(work, call.words));
    await mustRun(work, machine);
    print(engineUrl(machine));
  },
};

export default command;
