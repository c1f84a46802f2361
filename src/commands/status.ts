import { stateOf } from '../machine/list.ts';
import { readMachine } from '../store/machine.ts';
import { askMachines } from '../terminal/over-machines.ts';

export default askMachines({
  summary: 'Print the state of machines: Running, Stopped ...',
  verb: async (work, name) => stateOf(work, await readMachine(work.store, name)),
  say: (_, state) => state,
});
