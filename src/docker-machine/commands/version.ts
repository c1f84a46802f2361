import { askEngine } from '../../machine/engine.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { loaded, oneNamed } from '../machines.ts';
import { versionLine } from '../version.ts';

const command: OldCommand = {
  summary: "Show the version of this program, or of a machine's engine",
  takes: '[NAME]',
  flags: [],
  async run(call) {
    if (call.words.length === 0) return void print(versionLine());
    const work = answering(call);
    print(await askEngine(work, await loaded(work, await oneNamed(work, call.words))));
  },
};

export default command;
