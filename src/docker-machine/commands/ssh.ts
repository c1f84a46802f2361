import { ssh } from '../../machine/ssh.ts';
import { answering, complain, type OldCommand, print } from '../call.ts';
import { sentence } from '../errors.ts';
import { commandHelp } from '../help.ts';
import { loaded, named, powerOf } from '../machines.ts';

const command: OldCommand = {
  summary: 'Open a shell on a machine, or run a command there',
  takes: '[NAME] [SSH-OPTION...] [COMMAND...]',
  flags: [],
  raw: true,
  async run(call) {
    const [first, ...rest] = call.words;
    if (first !== undefined && ['-h', '-help', '--help'].includes(first))
      return void print(commandHelp('ssh', command, []));
    const work = answering(call);
    const [name = ''] = await named(work, first === undefined ? [] : [first]);
    const state = await powerOf(work, await loaded(work, name));
    if (state !== undefined && state !== 'Running') {
      throw sentence(`Error: Cannot run SSH command: Host "${name}" is not running`);
    }
    const code = await ssh(work, name, rest, call.globals['native-ssh'] === true, true);
    if (code !== 0) complain(`exit status ${code}`);
    return code;
  },
};

export default command;
