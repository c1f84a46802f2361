import { Flags } from '@oclif/core';
import { SlipwayError } from '../errors.ts';
import { ssh } from '../machine/ssh.ts';
import { machineName } from '../store/name.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { nameArg } from '../terminal/flags.ts';
import { sshWords } from '../terminal/remote-words.ts';

export default class Ssh extends SlipwayCommand {
  static override summary = 'Open a shell on a machine, or run a command there';
  static override description =
    'What follows the name is the command, flags included. Its exit code is the exit code of this command.';
  static override args = nameArg;
  static override strict = false;
  static override usage = 'ssh [FLAGS] NAME [COMMAND...]';
  static override examples = ['<%= config.bin %> ssh dev', '<%= config.bin %> ssh dev df -h /'];
  static override flags = {
    'native-ssh': Flags.boolean({ summary: "Use Slipway's own client even where the system has one" }),
  };

  async run(): Promise<void> {
    const { own, name, command } = sshWords(this.argv);
    const { flags } = await this.parse({ flags: Ssh.flags, baseFlags: Ssh.baseFlags, strict: false }, [...own]);
    if (name === undefined) {
      throw new SlipwayError('bad-input', 'Which machine?', { hint: 'slipway ssh NAME [COMMAND...]' });
    }
    this.exit(await ssh(this.answer(flags), machineName(name), command, flags['native-ssh']));
  }
}
