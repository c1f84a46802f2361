import { mount, unmount } from '../../machine/mount.ts';
import { answering, complain, type OldCommand } from '../call.ts';
import { withHelp } from '../errors.ts';
import { loaded, named } from '../machines.ts';

const command: OldCommand = {
  summary: 'Mount a folder of a machine here with sshfs, or take the mount away',
  takes: '[[USER@]NAME:]PATH [MOUNTPOINT]',
  flags: [{ names: ['unmount', 'u'], kind: 'bool', summary: 'Take the mount away' }],
  async run(call) {
    const [side, mountpoint, ...more] = call.words;
    if (side === undefined || more.length > 0) throw withHelp('Improper number of arguments');
    const work = answering(call);
    const [, user, typed, path = side] = /^(?:([^/:@]+)@)?(?:([^/:@]+):)(.*)$/s.exec(side) ?? [];
    const [name = ''] = await named(work, typed === undefined ? [] : [typed]);
    await loaded(work, name);
    const here = mountpoint ?? path;
    const code = call.flags.unmount ? await unmount(work, here) : await mount(work, name, { user, path, here });
    if (code !== 0) complain(`exit status ${code}`);
    return code;
  },
};

export default command;
