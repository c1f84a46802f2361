import { stateOf } from '../../machine/list.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { sentence } from '../errors.ts';
import { loaded, oneNamed } from '../machines.ts';
import { stateWord } from '../states.ts';

const command: OldCommand = {
  summary: 'Print the state of a machine: Running, Stopped ...',
  takes: '[NAME]',
  flags: [],
  async run(call) {
    const work = answering(call);
    const name = await oneNamed(work, call.words);
    const state = await stateOf(work, await loaded(work, name)).catch((cause: unknown) => {
      throw sentence(`error getting state for host ${name}`, cause);
    });
    print(stateWord(state));
  },
};

export default command;
