import { start } from '../../machine/start.ts';
import { upgrade } from '../../machine/upgrade.ts';
import { type OldCommand, print, working } from '../call.ts';
import { loaded, named, powerOf, withEach } from '../machines.ts';
import { oldProgress } from '../progress.ts';

const command: OldCommand = {
  summary: 'Bring the engines of machines to the newest version',
  takes: '[NAME...]',
  flags: [],
  async run(call) {
    const work = working(call, oldProgress(print).report);
    return withEach(await named(work, call.words), async (name) => {
      if ((await powerOf(work, await loaded(work, name))) === 'Stopped') {
        print('Starting machine so machine can be upgraded...');
        await start(work, name);
      }
      print('Upgrading docker...');
      const { from, to } = await upgrade(work, name, false);
      print(from === to ? `(${name}) Docker ${from} is the newest.` : `(${name}) Docker ${from} is now ${to}.`);
    });
  },
};

export default command;
