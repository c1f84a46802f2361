import { kill } from '../machine/kill.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Cut the power of machines',
  verb: kill,
  say: (name) => `"${name}" is off.`,
});
