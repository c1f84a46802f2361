import { knownEndpoint } from '../../machine/host.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { sentence } from '../errors.ts';
import { loaded, mustRun, named, withEach } from '../machines.ts';

const command: OldCommand = {
  summary: 'Print the addresses of machines',
  takes: '[NAME...]',
  flags: [],
  async run(call) {
    const work = answering(call);
    return withEach(await named(work, call.words), async (name) => {
      const machine = await loaded(work, name);
      await mustRun(work, machine).catch((cause: unknown) => {
        throw sentence('Error getting IP address', cause);
      });
      print(knownEndpoint(machine).host);
    });
  },
};

export default command;
