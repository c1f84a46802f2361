import { start } from '../machine/start.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Start extends SlipwayCommand {
  static override summary = 'Boot machines and wait until their engines answer';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...progressFlags, ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Start);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    await this.perform(
      names,
      (name) => start(work, name),
      (name) => `"${name}" is started.`,
    );
  }
}
