import { stop } from '../../machine/stop.ts';
import { powerCommand } from '../power.ts';

export default powerCommand({
  summary: 'Shut machines down in an orderly way',
  doing: 'Stopping',
  done: 'stopped',
  already: 'Stopped',
  verb: stop,
});
