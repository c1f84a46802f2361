import { stop } from '../machine/stop.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Shut machines down in an orderly way',
  verb: stop,
  say: (name) => `"${name}" is stopped.`,
});
