import { unprotect } from '../machine/protect.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Let rm and gc remove machines again',
  verb: unprotect,
  say: (name) => `"${name}" is not protected any more.`,
});
