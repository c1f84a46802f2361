import { Args, Flags } from '@oclif/core';
import { copy } from '../machine/scp.ts';
import { SlipwayCommand } from '../terminal/command.ts';

export default class Scp extends SlipwayCommand {
  static override summary = 'Copy files between here and machines, or between machines';
  static override args = {
    from: Args.string({ description: 'PATH, or [USER@]NAME:PATH', required: true }),
    to: Args.string({ description: 'PATH, or [USER@]NAME:PATH', required: true }),
  };
  static override examples = [
    '<%= config.bin %> scp -r ./site dev:/srv/site',
    '<%= config.bin %> scp one:a.txt two:b.txt',
  ];
  static override flags = {
    recursive: Flags.boolean({ char: 'r', summary: 'Copy folders' }),
    delta: Flags.boolean({ char: 'd', summary: 'Send only what differs, with rsync' }),
    quiet: Flags.boolean({ char: 'q', summary: 'Print nothing' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Scp);
    this.exit(await copy(this.answer(flags), { ...args, ...flags }));
  }
}
