import { protect } from '../machine/protect.ts';
import { goesByItself } from '../terminal/lifetime-text.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: 'Keep machines from rm and gc, until unprotect',
  verb: protect,
  say: (name, { lifetime }) =>
    `"${name}" is protected from rm and gc.${lifetime ? ` It still ${goesByItself(lifetime)}.` : ''}`,
});
