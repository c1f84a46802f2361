import { lendCredentials } from '../../machine/credentials.ts';
import { copy } from '../../machine/scp.ts';
import { answering, complain, type OldCommand } from '../call.ts';
import { sentence, withHelp } from '../errors.ts';
import { mustExist } from '../machines.ts';

const command: OldCommand = {
  summary: 'Copy files between here and machines, or between machines',
  takes: '[[USER@]NAME:]PATH [[USER@]NAME:]PATH',
  flags: [
    { names: ['recursive', 'r'], kind: 'bool', summary: 'Copy folders' },
    {
      names: ['delta', 'd'],
      kind: 'bool',
      summary: 'Send only what differs, with rsync',
    },
    {
      names: ['quiet', 'q'],
      kind: 'bool',
      summary: 'Print nothing',
    },
  ],
  async run(call) {
    const [from, to, ...more] = call.words;
    if (from === undefined || to === undefined || more.length > 0) throw withHelp('Improper number of arguments');
    const work = answering(call);
    for (const name of [from, to].flatMap(machineIn)) {
      await mustExist(work, name).catch((cause: unknown) => {
        throw sentence('Error loading host: Error loading host', cause);
      });
      await lendCredentials(work, [name]);
    }
    const { recursive, delta, quiet } = call.flags;
    const request = { from, to, recursive: recursive === true, delta: delta === true, quiet: quiet === true };
    const code = await copy(work, request);
    if (code !== 0) complain(`exit status ${code}`);
    return code;
  },
};

export default command;

/** The machine of [USER@]NAME:PATH. */
function machineIn(side: string): string[] {
  const [, name] = /^(?:[^/:@]+@)?([^/:@]+):/.exec(side) ?? [];
  return name === undefined || name === 'localhost' ? [] : [name];
}
