import { knownEndpoint } from '../machine/host.ts';
import { readMachine } from '../store/machine.ts';
import { askMachines } from '../terminal/over-machines.ts';

export default askMachines({
  summary: 'Print the addresses of machines',
  verb: async (work, name) => knownEndpoint(await readMachine(work.store, name)),
  say: (_, { host }) => host,
});
