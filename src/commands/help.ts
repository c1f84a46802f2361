import { Args, loadHelpClass } from '@oclif/core';
import { SlipwayCommand } from '../terminal/command.ts';

export default class Help extends SlipwayCommand {
  static override summary = 'Show the commands, or the flags of one';
  static override args = { command: Args.string({ description: 'a command' }) };

  async run(): Promise<void> {
    const { args } = await this.parse(Help);
    const Text = await loadHelpClass(this.config);
    await new Text(this.config).showHelp(args.command === undefined ? [] : [args.command]);
  }
}
