import { restart } from '../../machine/restart.ts';
import { powerCommand } from '../power.ts';

export default powerCommand({
  summary: 'Boot machines again',
  doing: 'Restarting',
  done: 'restarted',
  last: 'Restarted machines may have new IP addresses. You may need to re-run the `docker-machine env` command.',
  verb: restart,
});
