import { provision } from '../machine/provision.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Set the hosts of machines up again',
  verb: provision,
  say: (name) => `"${name}" is set up.`,
});
