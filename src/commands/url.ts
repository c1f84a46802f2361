import { engineUrl } from '../machine/context.ts';
import { readMachine } from '../store/machine.ts';
import { askMachines } from '../terminal/over-machines.ts';

export default askMachines({
  summary: 'Print where the engines of machines answer',
  verb: async (work, name) => engineUrl(await readMachine(work.store, name)),
  say: (_, url) => url,
});
