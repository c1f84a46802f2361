import { restart } from '../machine/restart.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Boot machines again',
  verb: restart,
  say: (name) => `"${name}" is restarted.`,
});
