import { provision } from '../../machine/provision.ts';
import { type OldCommand, print, working } from '../call.ts';
import { named, withEach } from '../machines.ts';
import { oldProgress } from '../progress.ts';

const command: OldCommand = {
  summary: 'Set the hosts of machines up again',
  takes: '[NAME...]',
  flags: [],
  async run(call) {
    const work = working(call, oldProgress(print).report);
    return withEach(await named(work, call.words), (name) => provision(work, name));
  },
};

export default command;
