import { start } from '../../machine/start.ts';
import { powerCommand } from '../power.ts';

export default powerCommand({
  summary: 'Boot machines and wait until their engines answer',
  doing: 'Starting',
  done: 'started',
  already: 'Running',
  last: 'Started machines may have new IP addresses. You may need to re-run the `docker-machine env` command.',
  verb: start,
});
