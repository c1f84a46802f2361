import { start } from '../machine/start.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Boot machines and wait until their engines answer',
  verb: start,
  say: (name) => `"${name}" is started.`,
});
