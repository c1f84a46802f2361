import { allowMe } from '../machine/allow-me.ts';
import { actOnMachines } from '../terminal/over-machines.ts';

export default actOnMachines({
  summary: "Let this computer's present address reach machines: after it has changed, or from another computer",
  verb: allowMe,
  say: (name, { network, isNew }) => `"${name}" ${isNew ? 'now also admits' : 'admits'} ${network}.`,
});
