import { kill } from '../../machine/kill.ts';
import { powerCommand } from '../power.ts';

export default powerCommand({
  summary: 'Cut the power of machines',
  doing: 'Killing',
  done: 'killed',
  already: 'Stopped',
  verb: kill,
});
